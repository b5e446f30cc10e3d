/* SPDX-License-Identifier: Apache-2.0 */
#include "read/labels.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* Short names as the ministries of foreign affairs of the three language areas use them.
 */
#define ECONOMY_LIST(X)                                                                  \
    X("ARE", "United Arab Emirates", "アラブ首長国連邦", "아랍에미리트")                 \
    X("ARG", "Argentina", "アルゼンチン", "아르헨티나")                                  \
    X("AUS", "Australia", "オーストラリア", "호주")                                      \
    X("AUT", "Austria", "オーストリア", "오스트리아")                                    \
    X("BEL", "Belgium", "ベルギー", "벨기에")                                            \
    X("BGD", "Bangladesh", "バングラデシュ", "방글라데시")                               \
    X("BGR", "Bulgaria", "ブルガリア", "불가리아")                                       \
    X("BLR", "Belarus", "ベラルーシ", "벨라루스")                                        \
    X("BOL", "Bolivia", "ボリビア", "볼리비아")                                          \
    X("BRA", "Brazil", "ブラジル", "브라질")                                             \
    X("BRN", "Brunei", "ブルネイ", "브루나이")                                           \
    X("CAN", "Canada", "カナダ", "캐나다")                                               \
    X("CHE", "Switzerland", "スイス", "스위스")                                          \
    X("CHL", "Chile", "チリ", "칠레")                                                    \
    X("CHN", "China", "中国", "중국")                                                    \
    X("CMR", "Cameroon", "カメルーン", "카메룬")                                         \
    X("COD", "DR Congo", "コンゴ民主共和国", "콩고민주공화국")                           \
    X("COL", "Colombia", "コロンビア", "콜롬비아")                                       \
    X("CRI", "Costa Rica", "コスタリカ", "코스타리카")                                   \
    X("CUB", "Cuba", "キューバ", "쿠바")                                                 \
    X("CYP", "Cyprus", "キプロス", "키프로스")                                           \
    X("CZE", "Czechia", "チェコ", "체코")                                                \
    X("DEU", "Germany", "ドイツ", "독일")                                                \
    X("DNK", "Denmark", "デンマーク", "덴마크")                                          \
    X("DZA", "Algeria", "アルジェリア", "알제리")                                        \
    X("EGY", "Egypt", "エジプト", "이집트")                                              \
    X("ESP", "Spain", "スペイン", "스페인")                                              \
    X("EST", "Estonia", "エストニア", "에스토니아")                                      \
    X("FIN", "Finland", "フィンランド", "핀란드")                                        \
    X("FRA", "France", "フランス", "프랑스")                                             \
    X("GAB", "Gabon", "ガボン", "가봉")                                                  \
    X("GBR", "United Kingdom", "英国", "영국")                                           \
    X("GIN", "Guinea", "ギニア", "기니")                                                 \
    X("GRC", "Greece", "ギリシャ", "그리스")                                             \
    X("HKG", "Hong Kong", "香港", "홍콩")                                                \
    X("HRV", "Croatia", "クロアチア", "크로아티아")                                      \
    X("HUN", "Hungary", "ハンガリー", "헝가리")                                          \
    X("IDN", "Indonesia", "インドネシア", "인도네시아")                                  \
    X("IND", "India", "インド", "인도")                                                  \
    X("IRL", "Ireland", "アイルランド", "아일랜드")                                      \
    X("IRN", "Iran", "イラン", "이란")                                                   \
    X("ISL", "Iceland", "アイスランド", "아이슬란드")                                    \
    X("ISR", "Israel", "イスラエル", "이스라엘")                                         \
    X("ITA", "Italy", "イタリア", "이탈리아")                                            \
    X("JOR", "Jordan", "ヨルダン", "요르단")                                             \
    X("JPN", "Japan", "日本", "일본")                                                    \
    X("KAZ", "Kazakhstan", "カザフスタン", "카자흐스탄")                                 \
    X("KHM", "Cambodia", "カンボジア", "캄보디아")                                       \
    X("KOR", "Republic of Korea", "韓国", "대한민국")                                    \
    X("LAO", "Laos", "ラオス", "라오스")                                                 \
    X("LTU", "Lithuania", "リトアニア", "리투아니아")                                    \
    X("LUX", "Luxembourg", "ルクセンブルク", "룩셈부르크")                               \
    X("LVA", "Latvia", "ラトビア", "라트비아")                                           \
    X("MAR", "Morocco", "モロッコ", "모로코")                                            \
    X("MDG", "Madagascar", "マダガスカル", "마다가스카르")                               \
    X("MEX", "Mexico", "メキシコ", "멕시코")                                             \
    X("MLT", "Malta", "マルタ", "몰타")                                                  \
    X("MMR", "Myanmar", "ミャンマー", "미얀마")                                          \
    X("MNG", "Mongolia", "モンゴル", "몽골")                                             \
    X("MOZ", "Mozambique", "モザンビーク", "모잠비크")                                   \
    X("MYS", "Malaysia", "マレーシア", "말레이시아")                                     \
    X("NGA", "Nigeria", "ナイジェリア", "나이지리아")                                    \
    X("NLD", "Netherlands", "オランダ", "네덜란드")                                      \
    X("NOR", "Norway", "ノルウェー", "노르웨이")                                         \
    X("NZL", "New Zealand", "ニュージーランド", "뉴질랜드")                              \
    X("OMN", "Oman", "オマーン", "오만")                                                 \
    X("PAK", "Pakistan", "パキスタン", "파키스탄")                                       \
    X("PER", "Peru", "ペルー", "페루")                                                   \
    X("PHL", "Philippines", "フィリピン", "필리핀")                                      \
    X("POL", "Poland", "ポーランド", "폴란드")                                           \
    X("PRT", "Portugal", "ポルトガル", "포르투갈")                                       \
    X("QAT", "Qatar", "カタール", "카타르")                                              \
    X("ROU", "Romania", "ルーマニア", "루마니아")                                        \
    X("ROW", "Rest of the world", "その他世界", "기타 세계")                             \
    X("RUS", "Russia", "ロシア", "러시아")                                               \
    X("SAU", "Saudi Arabia", "サウジアラビア", "사우디아라비아")                         \
    X("SGP", "Singapore", "シンガポール", "싱가포르")                                    \
    X("SRB", "Serbia", "セルビア", "세르비아")                                           \
    X("SVK", "Slovakia", "スロバキア", "슬로바키아")                                     \
    X("SVN", "Slovenia", "スロベニア", "슬로베니아")                                     \
    X("SWE", "Sweden", "スウェーデン", "스웨덴")                                         \
    X("THA", "Thailand", "タイ", "태국")                                                 \
    X("TJK", "Tajikistan", "タジキスタン", "타지키스탄")                                 \
    X("TUN", "Tunisia", "チュニジア", "튀니지")                                          \
    X("TUR", "Türkiye", "トルコ", "튀르키예")                                            \
    X("TWN", "Taiwan", "台湾", "대만")                                                   \
    X("UKR", "Ukraine", "ウクライナ", "우크라이나")                                      \
    X("USA", "United States", "米国", "미국")                                            \
    X("UZB", "Uzbekistan", "ウズベキスタン", "우즈베키스탄")                             \
    X("VNM", "Viet Nam", "ベトナム", "베트남")                                           \
    X("ZAF", "South Africa", "南アフリカ", "남아프리카공화국")                           \
    X("ZMB", "Zambia", "ザンビア", "잠비아")                                             \
    X("ZWE", "Zimbabwe", "ジンバブエ", "짐바브웨")                                       \
    X("ZZU", "Unseen supplier", "供給元不明", "공급처 미상")

static const char *const codes[] = {
#define CODE(code, en, ja, ko) code,
    ECONOMY_LIST(CODE)
#undef CODE
};

static const char *const names[][KN__LABEL_LANGUAGES] = {
#define NAMES(code, en, ja, ko) {en, ja, ko},
    ECONOMY_LIST(NAMES)
#undef NAMES
};

enum { COUNT = sizeof codes / sizeof *codes };

/* What editions call an economy; the first column is kaname's code. */
static const char *const aliases[][2] = {
    {"ROU", "ROM"}, {"ROW", "RoW"}, {"ROW", "WLD"}, {"ROW", "RWD"}, {"CHN", "CN1"},
    {"CHN", "CN2"}, {"MEX", "MX1"}, {"MEX", "MX2"}, {"COD", "ZAR"}, {"SRB", "YUG"},
};

/* GDP of 2023 at current prices, thousand million US dollars, World Bank, rounded. */
static const struct {
    const char *code;
    double gdp;
} sizes[] = {
    {"ARE", 514},   {"ARG", 646},  {"AUS", 1730}, {"AUT", 512},   {"BEL", 645},
    {"BLR", 72},    {"BRA", 2170}, {"CAN", 2140}, {"CHE", 885},   {"CHL", 336},
    {"CHN", 17790}, {"CZE", 343},  {"DEU", 4530}, {"DNK", 407},   {"ESP", 1620},
    {"FIN", 296},   {"FRA", 3050}, {"GBR", 3380}, {"GRC", 243},   {"HKG", 381},
    {"HUN", 212},   {"IDN", 1370}, {"IND", 3570}, {"IRL", 551},   {"ISR", 514},
    {"ITA", 2300},  {"JPN", 4200}, {"KOR", 1840}, {"LUX", 86},    {"MEX", 1790},
    {"MLT", 22},    {"MYS", 400},  {"NLD", 1150}, {"NOR", 485},   {"NZL", 253},
    {"PHL", 437},   {"POL", 810},  {"PRT", 289},  {"ROU", 350},   {"RUS", 2020},
    {"SAU", 1070},  {"SGP", 501},  {"SVK", 133},  {"SWE", 585},   {"THA", 515},
    {"TUR", 1120},  {"TWN", 756},  {"UKR", 179},  {"USA", 27700}, {"VNM", 430},
    {"ZAF", 381},
};

static int32_t place(const char *code)
{
    int32_t low = 0, high = COUNT - 1;
    while (low <= high) {
        int32_t middle = (low + high) / 2;
        int order = strcmp(code, codes[middle]);
        if (order == 0)
            return middle;
        if (order < 0)
            high = middle - 1;
        else
            low = middle + 1;
    }
    return -1;
}

const char *kn__economy_code(const char *code)
{
    int32_t at = place(code);
    if (at >= 0)
        return codes[at];
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(code, aliases[i][1]) == 0)
            return aliases[i][0];
    return NULL;
}

const char *kn__economy_name(const char *code, int language)
{
    int32_t at = place(code);
    return at >= 0 && language >= 0 && language < KN__LABEL_LANGUAGES
               ? names[at][language]
               : "";
}

const char *const *kn__economy_codes(int32_t *count)
{
    *count = COUNT;
    return codes;
}

double kn__economy_gdp_musd(const char *code)
{
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (strcmp(code, sizes[i].code) == 0)
            return 1000 * sizes[i].gdp;
    return NAN;
}
