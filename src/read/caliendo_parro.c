/* SPDX-License-Identifier: Apache-2.0 */
/* The replication data of Caliendo and Parro (2015): tab-separated matrices without
   labels; order and units as in their paper and its appendix. */
#include <stdio.h>
#include <string.h>

#include "read/csv.h"
#include "read/io_raw.h"
#include "read/labels.h"

enum { ECONOMIES = 31, SECTORS = 40, TRADED = 20 };

static const double service_elasticity =
    8.22; /* the paper's mean, for sectors without one */

static const char *const economies[ECONOMIES] = {
    "ARG", "AUS", "AUT", "BRA", "CAN", "CHL", "CHN", "DNK", "FIN", "FRA", "DEU",
    "GRC", "HUN", "IND", "IDN", "IRL", "ITA", "JPN", "KOR", "MEX", "NLD", "NZL",
    "NOR", "PRT", "ZAF", "ESP", "SWE", "TUR", "GBR", "USA", "ROW"};

static const struct {
    const char *id, *isic, *name[3];
} sectors[SECTORS] = {
    {"agriculture", "ISIC rev. 3: 01-05", {"Agriculture", "農林水産業", "농림어업"}},
    {"mining", "ISIC rev. 3: 10-14", {"Mining", "鉱業", "광업"}},
    {"food", "ISIC rev. 3: 15-16", {"Food", "食料品", "식료품"}},
    {"textile", "ISIC rev. 3: 17-19", {"Textile", "繊維・皮革", "섬유·가죽"}},
    {"wood", "ISIC rev. 3: 20", {"Wood", "木材", "목재"}},
    {"paper", "ISIC rev. 3: 21-22", {"Paper", "紙・印刷", "종이·인쇄"}},
    {"petroleum", "ISIC rev. 3: 23", {"Petroleum", "石油・石炭製品", "석유제품"}},
    {"chemicals", "ISIC rev. 3: 24", {"Chemicals", "化学", "화학"}},
    {"plastic", "ISIC rev. 3: 25", {"Plastic", "ゴム・プラスチック", "고무·플라스틱"}},
    {"minerals", "ISIC rev. 3: 26", {"Minerals", "窯業・土石", "비금속광물"}},
    {"basic-metals", "ISIC rev. 3: 27", {"Basic metals", "一次金属", "1차 금속"}},
    {"metal-products", "ISIC rev. 3: 28", {"Metal products", "金属製品", "금속제품"}},
    {"machinery", "ISIC rev. 3: 29", {"Machinery n.e.c.", "一般機械", "일반기계"}},
    {"office", "ISIC rev. 3: 30", {"Office", "事務用機器", "사무기기"}},
    {"electrical", "ISIC rev. 3: 31", {"Electrical", "電気機械", "전기기계"}},
    {"communication", "ISIC rev. 3: 32", {"Communication", "通信機器", "통신기기"}},
    {"medical", "ISIC rev. 3: 33", {"Medical", "精密・医療機器", "정밀·의료기기"}},
    {"auto", "ISIC rev. 3: 34", {"Auto", "自動車", "자동차"}},
    {"other-transport",
     "ISIC rev. 3: 35",
     {"Other transport", "その他輸送機器", "기타 운송장비"}},
    {"other", "ISIC rev. 3: 36-37", {"Other", "その他製造業", "기타 제조업"}},
    {"electricity",
     "ISIC rev. 3: 40-41",
     {"Electricity", "電気・ガス・水道", "전기·가스·수도"}},
    {"construction", "ISIC rev. 3: 45", {"Construction", "建設", "건설"}},
    {"retail", "ISIC rev. 3: 50-52", {"Retail", "卸売・小売", "도소매"}},
    {"hotels", "ISIC rev. 3: 55", {"Hotels", "宿泊・飲食", "숙박·음식"}},
    {"land-transport", "ISIC rev. 3: 60", {"Land transport", "陸運", "육상운송"}},
    {"water-transport", "ISIC rev. 3: 61", {"Water transport", "海運", "해운"}},
    {"air-transport", "ISIC rev. 3: 62", {"Air transport", "航空運輸", "항공운송"}},
    {"aux-transport",
     "ISIC rev. 3: 63",
     {"Auxiliary transport", "運輸付帯サービス", "운송보조"}},
    {"post", "ISIC rev. 3: 64", {"Post", "郵便・通信", "우편·통신"}},
    {"finance", "ISIC rev. 3: 65-67", {"Finance", "金融・保険", "금융·보험"}},
    {"real-estate", "ISIC rev. 3: 70", {"Real estate", "不動産", "부동산"}},
    {"renting", "ISIC rev. 3: 71", {"Renting of machinery", "機械賃貸", "기계임대"}},
    {"computer", "ISIC rev. 3: 72", {"Computer", "情報サービス", "정보서비스"}},
    {"research", "ISIC rev. 3: 73", {"R&D", "研究開発", "연구개발"}},
    {"business",
     "ISIC rev. 3: 74",
     {"Other business", "その他事業サービス", "기타 사업서비스"}},
    {"public", "ISIC rev. 3: 75", {"Public", "公務", "공공행정"}},
    {"education", "ISIC rev. 3: 80", {"Education", "教育", "교육"}},
    {"health", "ISIC rev. 3: 85", {"Health", "保健・社会福祉", "보건·사회복지"}},
    {"services",
     "ISIC rev. 3: 90-93",
     {"Other services", "その他サービス", "기타 서비스"}},
    {"private", "ISIC rev. 3: 95", {"Private households", "家事サービス", "가사서비스"}}};

/* Reads rows × columns numbers, refusing anything else. */
static kn_status matrix(double *to, kn_context *ctx, const char *folder, const char *file,
                        int32_t rows, int32_t columns)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", folder, file) >= (int)sizeof path)
        return kn__fail(ctx, KN_ERR_IO, "%s: the path is too long", folder);
    kn__csv *csv;
    const kn__field *fields;
    int32_t count = 0, row = 0;
    kn_status status = kn__csv_open(&csv, ctx, path);
    while (status == KN_OK && (status = kn__csv_next(csv, &fields, &count)) == KN_OK &&
           count) {
        if (row == rows || count != columns)
            status =
                kn__csv_fail(csv, NULL, "row %d with %d numbers; expected %d rows of %d",
                             row + 1, count, rows, columns);
        for (int32_t k = 0; k < count && status == KN_OK; k++)
            status =
                kn__csv_number(csv, &fields[k], false, &to[(int64_t)row * columns + k]);
        row++;
    }
    if (status == KN_OK && row != rows)
        status = kn__csv_fail(csv, NULL, "%d rows; expected %d", row, rows);
    kn__csv_close(csv);
    return status;
}

typedef struct data {
    double *imports; /* [(j N + n) N + i], net of tariff; the diagonal is what stays at
                        home */
    double *output;  /* [j N + n] */
    double *inputs;  /* [(n J + k) J + j]: input shares, columns sum to 1 or 0 */
    double *value_share; /* [j N + n] */
    double *elasticity;
    double *tariff[2];
} data;

static kn_status read_all(data *d, kn_context *ctx, kn__arena *arena, const char *folder)
{
    enum { CELLS = SECTORS * ECONOMIES };
    d->imports = KN__ARRAY(arena, ctx, CELLS * ECONOMIES, double);
    d->output = KN__ARRAY(arena, ctx, CELLS, double);
    d->inputs = KN__ARRAY(arena, ctx, CELLS * SECTORS, double);
    d->value_share = KN__ARRAY(arena, ctx, CELLS, double);
    d->elasticity = KN__ARRAY(arena, ctx, SECTORS, double);
    for (int k = 0; k < 2; k++)
        d->tariff[k] = KN__ARRAY(arena, ctx, CELLS * ECONOMIES, double);
    if (!d->imports || !d->output || !d->inputs || !d->value_share || !d->elasticity ||
        !d->tariff[0] || !d->tariff[1])
        return KN_ERR_MEMORY;
    int32_t rows = TRADED * ECONOMIES;
    KN__TRY(matrix(d->imports, ctx, folder, "xbilat1993.txt", rows, ECONOMIES));
    KN__TRY(matrix(d->tariff[0], ctx, folder, "tariffs1993.txt", rows, ECONOMIES));
    KN__TRY(matrix(d->tariff[1], ctx, folder, "tariffs2005.txt", rows, ECONOMIES));
    KN__TRY(matrix(d->output, ctx, folder, "GO.txt", SECTORS, ECONOMIES));
    KN__TRY(matrix(d->value_share, ctx, folder, "B.txt", SECTORS, ECONOMIES));
    KN__TRY(matrix(d->inputs, ctx, folder, "IO.txt", CELLS, SECTORS));
    KN__TRY(matrix(d->elasticity, ctx, folder, "T.txt", TRADED, 1));
    for (int32_t j = TRADED; j < SECTORS; j++)
        d->elasticity[j] = service_elasticity;
    return KN_OK;
}

/* Units to MUSD and fractions; the diagonal of trade is output less exports, and output
   is raised to exports where it is smaller. Returns how often it was. */
static int32_t complete(data *d)
{
    int32_t raised = 0;
    for (int32_t j = 0; j < SECTORS; j++)
        for (int32_t i = 0; i < ECONOMIES; i++) {
            double exports = 0, *output = &d->output[j * ECONOMIES + i];
            for (int32_t n = 0; n < ECONOMIES; n++) {
                int64_t at = ((int64_t)j * ECONOMIES + n) * ECONOMIES + i;
                d->imports[at] = n == i ? 0 : d->imports[at] / 1000;
                exports += d->imports[at];
                for (int k = 0; k < 2; k++)
                    d->tariff[k][at] = n == i ? 0 : d->tariff[k][at] / 100;
            }
            *output /= 1e6;
            raised += *output < exports;
            *output = *output < exports ? exports : *output;
            d->imports[((int64_t)j * ECONOMIES + i) * ECONOMIES + i] = *output - exports;
        }
    return raised;
}

/* What n's users spend on k in all, tariffs included; 0 leaves no shares to spread by. */
static double spending(const data *d, int32_t k, int32_t n)
{
    double sum = 0;
    for (int32_t i = 0; i < ECONOMIES; i++) {
        int64_t at = ((int64_t)k * ECONOMIES + n) * ECONOMIES + i;
        sum += d->imports[at] * (1 + d->tariff[0][at]);
    }
    return sum;
}

/* Spreads each purchase over its suppliers in the proportions of all imports of the
   product (the paper's assumption). Flows are net of tariff; final demand is what is left
   and may be negative. */
static void spread(kn__io_raw *raw, const data *d, int32_t n, int32_t k)
{
    double total = spending(d, k, n), left = total;
    int32_t producers = ECONOMIES * SECTORS;
    double input[SECTORS];
    for (int32_t j = 0; j < SECTORS; j++) {
        double made = d->output[j * ECONOMIES + n];
        double share = d->inputs[((int64_t)n * SECTORS + k) * SECTORS + j];
        input[j] = share * (1 - d->value_share[j * ECONOMIES + n]) * made;
        left -= input[j];
    }
    for (int32_t i = 0; i < ECONOMIES && total > 0; i++) {
        int64_t row = i * SECTORS + k;
        double part = d->imports[((int64_t)k * ECONOMIES + n) * ECONOMIES + i] / total;
        for (int32_t j = 0; j < SECTORS; j++)
            raw->z[row * producers + n * SECTORS + j] = part * input[j];
        raw->final_demand[row * ECONOMIES + n] = part * left;
    }
}

static kn_status labels(kn__io_raw *raw, kn_context *ctx)
{
    kn__arena *a = raw->arena;
    raw->economies = KN__ARRAY(a, ctx, ECONOMIES, const char *);
    raw->industries = KN__ARRAY(a, ctx, SECTORS, const char *);
    raw->industry_names = kn__arena_alloc(a, ctx, SECTORS, sizeof *raw->industry_names);
    raw->industry_codes = KN__ARRAY(a, ctx, SECTORS, const char *);
    raw->economy = KN__ARRAY(a, ctx, raw->producer_count, int32_t);
    raw->industry = KN__ARRAY(a, ctx, raw->producer_count, int32_t);
    raw->final_economy = KN__ARRAY(a, ctx, ECONOMIES, int32_t);
    raw->final_category = KN__ARRAY(a, ctx, ECONOMIES, const char *);
    if (!raw->economies || !raw->industries || !raw->industry_names ||
        !raw->industry_codes || !raw->economy || !raw->industry || !raw->final_economy ||
        !raw->final_category)
        return KN_ERR_MEMORY;
    for (int32_t n = 0; n < ECONOMIES; n++) {
        raw->economies[n] = economies[n];
        raw->final_economy[n] = n;
        raw->final_category[n] = "final";
    }
    for (int32_t j = 0; j < SECTORS; j++) {
        raw->industries[j] = sectors[j].id;
        raw->industry_codes[j] = sectors[j].isic;
        for (int lang = 0; lang < 3; lang++)
            raw->industry_names[j][lang] = sectors[j].name[lang];
    }
    for (int32_t p = 0; p < raw->producer_count; p++) {
        raw->economy[p] = p / SECTORS;
        raw->industry[p] = p % SECTORS;
    }
    return KN_OK;
}

static kn_status fill(kn__io_raw *raw, kn_context *ctx, const char *folder)
{
    static const char *const schedules[] = {"1993", "2005"};
    data d;
    raw->name = "caliendo-parro";
    raw->edition = "Caliendo and Parro 2015, replication data, 1993";
    raw->source_title =
        "Caliendo and Parro, Estimates of the Trade and Welfare Effects of "
        "NAFTA, Review of Economic Studies 82 (2015), replication data";
    raw->source_year = 1993;
    raw->economy_count = raw->final_count = ECONOMIES;
    raw->industry_count = SECTORS;
    raw->producer_count = ECONOMIES * SECTORS;
    KN__TRY(read_all(&d, ctx, raw->arena, folder));
    KN__TRY(labels(raw, ctx));
    int64_t n = raw->producer_count;
    raw->z = kn__alloc(ctx, n * n, sizeof *raw->z);
    raw->final_demand = KN__ARRAY(raw->arena, ctx, n * ECONOMIES, double);
    raw->output = KN__ARRAY(raw->arena, ctx, n, double);
    raw->value_added = KN__ARRAY(raw->arena, ctx, n, double);
    raw->tariffs = KN__ARRAY(raw->arena, ctx, 2, kn__tariff_schedule);
    if (!raw->z || !raw->final_demand || !raw->output || !raw->value_added ||
        !raw->tariffs)
        return KN_ERR_MEMORY;
    int32_t raised = complete(&d);
    for (int32_t e = 0; e < ECONOMIES; e++)
        for (int32_t k = 0; k < SECTORS; k++) {
            double made = d.output[k * ECONOMIES + e];
            raw->output[e * SECTORS + k] = made;
            raw->value_added[e * SECTORS + k] = made * d.value_share[k * ECONOMIES + e];
            spread(raw, &d, e, k);
        }
    raw->elasticity = d.elasticity;
    raw->tariff_count = 2;
    for (int k = 0; k < 2; k++)
        raw->tariffs[k] = (kn__tariff_schedule){schedules[k], d.tariff[k]};
    return raised
               ? KN__NOTE(raw, ctx, "output raised to exports in %d economy-sector pairs",
                          raised)
               : KN_OK;
}

kn_status kn__read_caliendo_parro(kn__io_raw **raw, kn_context *ctx, const char *folder)
{
    *raw = NULL;
    kn__io_raw *r;
    KN__TRY(kn__io_raw_new(&r, ctx));
    kn_status status = fill(r, ctx, folder);
    if (status < 0)
        kn__io_raw_free(ctx, r);
    else
        *raw = r;
    return status;
}
