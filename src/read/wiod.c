/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
#include "read/csv.h"
#include "read/io_raw.h"
#include "read/labels.h"

/* World Input-Output Database, release of 2013 (Timmer, Dietzenbacher, Los, Stehrer and
   de Vries 2015), one year in one wide table: a header
   row,CCC_c1,...,CCC_F1,...,output and one row for each producer in the same order. */

enum { INDUSTRIES = 35, CATEGORIES = 5, ECONOMIES = 41, MOST_ECONOMIES = 400 };

typedef struct industry_label {
    const char *isic;
    const char *name[3];
} industry_label;

static const industry_label industry_labels[INDUSTRIES] = {
    {"AtB", {"Agriculture, hunting, forestry and fishing", "農林水産業", "농림수산업"}},
    {"C", {"Mining and quarrying", "鉱業", "광업"}},
    {"15-16", {"Food, beverages and tobacco", "食料品・飲料・たばこ", "음식료품·담배"}},
    {"17-18", {"Textiles and textile products", "繊維・繊維製品", "섬유·의복"}},
    {"19", {"Leather and footwear", "皮革・履物", "가죽·신발"}},
    {"20", {"Wood and products of wood and cork", "木材・木製品", "목재·목제품"}},
    {"21-22",
     {"Pulp, paper, printing and publishing", "紙・パルプ・印刷・出版",
      "펄프·종이·인쇄·출판"}},
    {"23",
     {"Coke, refined petroleum and nuclear fuel", "コークス・石油精製・核燃料",
      "코크스·석유정제·핵연료"}},
    {"24", {"Chemicals and chemical products", "化学", "화학"}},
    {"25", {"Rubber and plastics", "ゴム・プラスチック製品", "고무·플라스틱"}},
    {"26", {"Other non-metallic minerals", "窯業・土石製品", "비금속광물제품"}},
    {"27-28",
     {"Basic metals and fabricated metal", "一次金属・金属製品",
      "1차 금속·금속가공제품"}},
    {"29", {"Machinery, not elsewhere classified", "一般機械", "일반기계"}},
    {"30-33", {"Electrical and optical equipment", "電気・光学機器", "전기·광학기기"}},
    {"34-35", {"Transport equipment", "輸送用機器", "운송장비"}},
    {"36-37",
     {"Manufacturing, not elsewhere classified; recycling", "その他の製造業・再生業",
      "기타 제조업·재생"}},
    {"E", {"Electricity, gas and water supply", "電気・ガス・水道", "전기·가스·수도"}},
    {"F", {"Construction", "建設業", "건설업"}},
    {"50",
     {"Sale and repair of motor vehicles; retail sale of fuel",
      "自動車販売・修理・燃料小売", "자동차 판매·수리·연료 소매"}},
    {"51", {"Wholesale and commission trade", "卸売業", "도매업"}},
    {"52",
     {"Retail trade; repair of household goods", "小売業・家庭用品修理",
      "소매업·가정용품 수리"}},
    {"H", {"Hotels and restaurants", "宿泊・飲食業", "숙박·음식점업"}},
    {"60", {"Inland transport", "陸上輸送", "육상운송"}},
    {"61", {"Water transport", "水上輸送", "수상운송"}},
    {"62", {"Air transport", "航空輸送", "항공운송"}},
    {"63",
     {"Supporting transport activities; travel agencies", "運輸附帯サービス・旅行業",
      "운송 지원·여행업"}},
    {"64", {"Post and telecommunications", "郵便・通信", "우편·통신"}},
    {"J", {"Financial intermediation", "金融・保険", "금융·보험"}},
    {"70", {"Real estate activities", "不動産業", "부동산업"}},
    {"71-74",
     {"Renting of machinery and other business activities",
      "機械等賃貸・対事業所サービス", "기계장비 임대·사업서비스"}},
    {"L",
     {"Public administration and defence; compulsory social security",
      "公務・国防・社会保障", "공공행정·국방·사회보장"}},
    {"M", {"Education", "教育", "교육"}},
    {"N", {"Health and social work", "医療・福祉", "보건·사회복지"}},
    {"O",
     {"Other community, social and personal services", "その他サービス業",
      "기타 서비스업"}},
    {"P",
     {"Private households with employed persons", "雇用者のいる個人世帯",
      "가구 내 고용"}},
};

static const char *const categories[CATEGORIES] = {
    "households", "nonprofit", "government", "investment", "inventories"};

typedef struct reader {
    kn_context *ctx;
    kn__csv *csv;
    kn__io_raw *raw;
    const char **labels; /* of the n columns of flows, as the file writes them */
    int32_t industry_id[INDUSTRIES];        /* in raw->industries, or -1 */
    bool taken[MOST_ECONOMIES][INDUSTRIES]; /* a column of flows */
    bool final_taken[MOST_ECONOMIES][CATEGORIES];
    int64_t z_room;
} reader;

/* ---- Header ---- */

/* The id of the economy in front of the underscore, added if it is new. */
static kn_status find_economy(reader *r, const kn__field *field, int32_t *id)
{
    kn__io_raw *raw = r->raw;
    char word[4] = "";
    memcpy(word, field->text, 3);
    const char *code = kn__economy_code(word);
    if (!code) {
        int32_t count;
        const char *const *codes = kn__economy_codes(&count);
        kn__text hint;
        kn__text_init(&hint, r->ctx, 0);
        kn__text_nearest(&hint, word, codes, count);
        kn_status status = kn__text_status(&hint);
        if (status == KN_OK)
            status = kn__csv_fail(r->csv, field, "unknown economy \"%s\"; %s", word,
                                  hint.length ? hint.data
                                              : "three capital letters were "
                                                "expected");
        kn__text_release(&hint);
        return status;
    }
    for (*id = 0; *id < raw->economy_count; ++*id)
        if (strcmp(raw->economies[*id], code) == 0)
            return KN_OK;
    if (raw->economy_count == MOST_ECONOMIES)
        return kn__csv_fail(r->csv, field, "more than %d economies", MOST_ECONOMIES);
    raw->economies[raw->economy_count++] = code;
    return KN_OK;
}

/* Reads CCC_<letter><number up to most>; 0 when the field is something else. */
static int32_t label_number(const kn__field *field, char letter, int32_t most)
{
    const char *s = field->text;
    int64_t number;
    if (field->length < 6 || field->length > 7 || s[3] != '_' || s[4] != letter ||
        !kn__parse_int(s + 5, (size_t)field->length - 5, &number) || number < 1 ||
        number > most || s[5] == '0' || s[5] == '+')
        return 0;
    return (int32_t)number;
}

static kn_status twice(reader *r, const kn__field *field)
{
    return kn__csv_fail(r->csv, field, "column \"%s\" stands twice", field->text);
}

static kn_status add_producer(reader *r, const kn__field *field, int32_t number)
{
    kn__io_raw *raw = r->raw;
    int32_t economy, k = number - 1, i = raw->producer_count;
    KN__TRY(find_economy(r, field, &economy));
    if (r->taken[economy][k])
        return twice(r, field);
    r->taken[economy][k] = true;
    if (r->industry_id[k] < 0) {
        int32_t id = r->industry_id[k] = raw->industry_count++;
        raw->industries[id] = kn__arena_format(raw->arena, r->ctx, "c%d", (int)number);
        raw->industry_codes[id] = kn__arena_format(raw->arena, r->ctx, "ISIC rev. 3: %s",
                                                   industry_labels[k].isic);
        if (!raw->industries[id] || !raw->industry_codes[id])
            return KN_ERR_MEMORY;
        memcpy(raw->industry_names[id], industry_labels[k].name,
               sizeof raw->industry_names[id]);
    }
    raw->economy[i] = economy;
    raw->industry[i] = r->industry_id[k];
    r->labels[i] =
        kn__arena_textn(raw->arena, r->ctx, field->text, (size_t)field->length);
    raw->producer_count++;
    return r->labels[i] ? KN_OK : KN_ERR_MEMORY;
}

static kn_status add_final(reader *r, const kn__field *field, int32_t number)
{
    kn__io_raw *raw = r->raw;
    int32_t economy, k = raw->final_count;
    KN__TRY(find_economy(r, field, &economy));
    if (r->final_taken[economy][number - 1])
        return twice(r, field);
    r->final_taken[economy][number - 1] = true;
    raw->final_economy[k] = economy;
    raw->final_category[k] = categories[number - 1];
    raw->final_count++;
    return KN_OK;
}

static kn_status prepare(reader *r, int32_t columns)
{
    kn__io_raw *raw = r->raw;
    kn__arena *a = raw->arena;
    raw->economies = KN__ARRAY(a, r->ctx, MOST_ECONOMIES, const char *);
    raw->industries = KN__ARRAY(a, r->ctx, INDUSTRIES, const char *);
    raw->industry_names =
        kn__arena_alloc(a, r->ctx, INDUSTRIES, sizeof *raw->industry_names);
    raw->industry_codes = KN__ARRAY(a, r->ctx, INDUSTRIES, const char *);
    raw->economy = KN__ARRAY(a, r->ctx, columns, int32_t);
    raw->industry = KN__ARRAY(a, r->ctx, columns, int32_t);
    raw->final_economy = KN__ARRAY(a, r->ctx, columns, int32_t);
    raw->final_category = KN__ARRAY(a, r->ctx, columns, const char *);
    r->labels = KN__ARRAY(a, r->ctx, columns, const char *);
    bool all = raw->economies && raw->industries && raw->industry_names &&
               raw->industry_codes && raw->economy && raw->industry &&
               raw->final_economy && raw->final_category && r->labels;
    memset(r->industry_id, -1, sizeof r->industry_id);
    return all ? KN_OK : KN_ERR_MEMORY;
}

static kn_status read_header(reader *r)
{
    const kn__field *f;
    int32_t count;
    KN__TRY(kn__csv_next(r->csv, &f, &count));
    if (count == 0)
        return kn__csv_fail(r->csv, NULL, "the file is empty; a header row was expected");
    if (!kn__text_equal(f[0].text, "row"))
        return kn__csv_fail(r->csv, &f[0],
                            "this is not a WIOD table of the 2013 release: the header "
                            "starts with \"%.40s\", \"row\" was expected",
                            f[0].text);
    KN__TRY(prepare(r, count));
    kn__io_raw *raw = r->raw;
    for (int32_t c = 1; c < count; c++) {
        int32_t flow = label_number(&f[c], 'c', INDUSTRIES);
        int32_t final = label_number(&f[c], 'F', CATEGORIES);
        bool output = c == count - 1 && kn__text_equal(f[c].text, "output");
        if (output)
            break;
        if ((!flow || raw->final_count) && !final)
            return kn__csv_fail(r->csv, &f[c],
                                "column \"%.40s\": expected are CCC_c1 to CCC_c35 for "
                                "flows, then CCC_F1 to CCC_F5 for final demand, then "
                                "output",
                                f[c].text);
        KN__TRY(flow ? add_producer(r, &f[c], flow) : add_final(r, &f[c], final));
        if (c == count - 1)
            return kn__csv_fail(r->csv, &f[c], "the last column must be \"output\"");
    }
    if (!raw->producer_count)
        return kn__csv_fail(r->csv, NULL, "there is no column of flows");
    kn__csv_expect(r->csv, count);
    return KN_OK;
}

/* ---- Rows ---- */

/* Room for row i: the matrix grows with the file, so that a header alone cannot ask for
   much memory. */
static kn_status grow(reader *r, int32_t i)
{
    kn__io_raw *raw = r->raw;
    if (i < r->z_room)
        return KN_OK;
    int64_t rows = r->z_room ? 4 * r->z_room : 64;
    rows = rows < raw->producer_count ? rows : raw->producer_count;
    double *z = kn__resize(r->ctx, raw->z, rows * raw->producer_count, sizeof *z);
    if (!z)
        return KN_ERR_MEMORY;
    raw->z = z;
    r->z_room = rows;
    return KN_OK;
}

static kn_status read_row(reader *r, const kn__field *f, int32_t i)
{
    kn__io_raw *raw = r->raw;
    int32_t n = raw->producer_count, m = raw->final_count;
    KN__TRY(grow(r, i));
    double *z = raw->z + (int64_t)i * n, *y = raw->final_demand + (int64_t)i * m;
    for (int32_t j = 0; j < n; j++) {
        KN__TRY(kn__csv_number(r->csv, &f[1 + j], false, &z[j]));
        if (z[j] < 0)
            return kn__csv_fail(r->csv, &f[1 + j],
                                "a flow between producers cannot be negative: %s",
                                f[1 + j].text);
    }
    for (int32_t k = 0; k < m; k++)
        KN__TRY(kn__csv_number(r->csv, &f[1 + n + k], false, &y[k]));
    const kn__field *last = &f[1 + n + m];
    KN__TRY(kn__csv_number(r->csv, last, false, &raw->output[i]));
    if (raw->output[i] < 0)
        return kn__csv_fail(r->csv, last, "output cannot be negative: %s", last->text);
    return KN_OK;
}

static kn_status read_rows(reader *r)
{
    kn__io_raw *raw = r->raw;
    int32_t n = raw->producer_count, count;
    const kn__field *f;
    char work[160];
    snprintf(work, sizeof work, "reading %.140s", kn__csv_name(r->csv));
    for (int32_t i = 0;; i++) {
        KN__TRY(kn__csv_next(r->csv, &f, &count));
        if (!count && i == n)
            return KN_OK;
        /* r->labels is there: read_header made it. NOLINTBEGIN(*-core.NullDereference) */
        if (!count)
            return kn__csv_fail(r->csv, NULL,
                                "the table ends after %d rows; row \"%s\" was expected "
                                "next (%d columns of flows need as many rows)",
                                (int)i, r->labels[i], (int)n);
        if (i == n)
            return kn__csv_fail(r->csv, &f[0],
                                "row \"%.40s\" is one too many; there are %d columns of "
                                "flows",
                                f[0].text, (int)n);
        if (!kn__text_equal(f[0].text, r->labels[i]))
            return kn__csv_fail(r->csv, &f[0],
                                "row \"%.40s\" where \"%s\" was expected; rows stand in "
                                "the order of the columns",
                                f[0].text, r->labels[i]);
        /* NOLINTEND(*-core.NullDereference) */
        KN__TRY(read_row(r, f, i));
        if (i % 64 == 0)
            KN__TRY(kn__progress(r->ctx, work, (double)i / n));
    }
}

/* ---- Edition ---- */

static kn_status name_edition(reader *r)
{
    kn__io_raw *raw = r->raw;
    char year[16] = "year unknown", part[80] = "";
    raw->source_year = kn__year_in_name(kn__csv_name(r->csv));
    if (raw->source_year)
        snprintf(year, sizeof year, "%d", (int)raw->source_year);
    if (raw->economy_count != ECONOMIES || raw->industry_count != INDUSTRIES)
        snprintf(part, sizeof part, ", a part: %d economies, %d industries",
                 (int)raw->economy_count, (int)raw->industry_count);
    raw->edition =
        kn__arena_format(raw->arena, r->ctx, "WIOD 2013 release, %s%s", year, part);
    raw->name =
        raw->source_year ? kn__arena_format(raw->arena, r->ctx, "WIOD %s", year) : "WIOD";
    raw->source_title = kn__arena_format(
        raw->arena, r->ctx,
        "World Input-Output Database, 2013 release, world input-output table, %s "
        "(Timmer et al. 2015)",
        year);
    return raw->edition && raw->name && raw->source_title ? KN_OK : KN_ERR_MEMORY;
}

static kn_status read_table(reader *r)
{
    KN__TRY(read_header(r));
    kn__io_raw *raw = r->raw;
    int64_t n = raw->producer_count;
    raw->final_demand = KN__ARRAY(raw->arena, r->ctx, n * raw->final_count, double);
    raw->output = KN__ARRAY(raw->arena, r->ctx, n, double);
    if (!raw->final_demand || !raw->output)
        return KN_ERR_MEMORY;
    KN__TRY(read_rows(r));
    return name_edition(r);
}

static kn_status read_csv(kn__io_raw **raw, kn_context *ctx, kn__csv *csv)
{
    *raw = NULL;
    kn__io_raw *made;
    KN__TRY(kn__io_raw_new(&made, ctx));
    reader *r = KN__NEW(made->arena, ctx, reader);
    kn_status status = KN_ERR_MEMORY;
    if (r) {
        *r = (reader){.ctx = ctx, .csv = csv, .raw = made};
        status = read_table(r);
    }
    if (status < 0)
        kn__io_raw_free(ctx, made);
    else
        *raw = made;
    return status;
}

kn_status kn__read_wiod(kn__io_raw **raw, kn_context *ctx, const char *path)
{
    *raw = NULL;
    kn__csv *csv;
    KN__TRY(kn__csv_open(&csv, ctx, path));
    kn_status status = read_csv(raw, ctx, csv);
    kn__csv_close(csv);
    return status;
}

kn_status kn__read_wiod_bytes(kn__io_raw **raw, kn_context *ctx, const char *name,
                              const void *bytes, size_t length)
{
    *raw = NULL;
    kn__csv *csv;
    KN__TRY(kn__csv_open_bytes(&csv, ctx, name, bytes, length));
    kn_status status = read_csv(raw, ctx, csv);
    kn__csv_close(csv);
    return status;
}
