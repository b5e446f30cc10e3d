/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_READ_ECONOMIES_H
#define KN_READ_ECONOMIES_H

/* The economies kaname knows, sorted by code: ISO 3166 alpha-3, alpha-2, M49 number (0:
   none), names in English, Japanese and Korean. XAS to XME are the rest-of-continent
   regions of EXIOBASE. */
#define KN__ECONOMY_LIST(X)                                                              \
    X("ABW", "AW", 533, "Aruba", "アルバ", "아루바")                                     \
    X("AFG", "AF", 4, "Afghanistan", "アフガニスタン", "아프가니스탄")                   \
    X("AGO", "AO", 24, "Angola", "アンゴラ", "앙골라")                                   \
    X("AIA", "AI", 660, "Anguilla", "アンギラ", "앵귈라")                                \
    X("ALA", "AX", 248, "Åland Islands", "オーランド諸島", "올란드 제도")                \
    X("ALB", "AL", 8, "Albania", "アルバニア", "알바니아")                               \
    X("AND", "AD", 20, "Andorra", "アンドラ", "안도라")                                  \
    X("ANT", "AN", 530, "Netherlands Antilles", "オランダ領アンティル",                  \
      "네덜란드령 안틸레스")                                                             \
    X("ARE", "AE", 784, "United Arab Emirates", "アラブ首長国連邦", "아랍에미리트")      \
    X("ARG", "AR", 32, "Argentina", "アルゼンチン", "아르헨티나")                        \
    X("ARM", "AM", 51, "Armenia", "アルメニア", "아르메니아")                            \
    X("ASM", "AS", 16, "American Samoa", "米領サモア", "아메리칸 사모아")                \
    X("ATA", "AQ", 10, "Antarctica", "南極", "남극 대륙")                                \
    X("ATF", "TF", 260, "French Southern Territories", "仏領極南諸島",                   \
      "프랑스령 남방 지역")                                                              \
    X("ATG", "AG", 28, "Antigua and Barbuda", "アンティグア・バーブーダ",                \
      "앤티가 바부다")                                                                   \
    X("AUS", "AU", 36, "Australia", "オーストラリア", "호주")                            \
    X("AUT", "AT", 40, "Austria", "オーストリア", "오스트리아")                          \
    X("AZE", "AZ", 31, "Azerbaijan", "アゼルバイジャン", "아제르바이잔")                 \
    X("BDI", "BI", 108, "Burundi", "ブルンジ", "부룬디")                                 \
    X("BEL", "BE", 56, "Belgium", "ベルギー", "벨기에")                                  \
    X("BEN", "BJ", 204, "Benin", "ベナン", "베냉")                                       \
    X("BES", "BQ", 535, "Caribbean Netherlands", "オランダ領カリブ",                     \
      "네덜란드령 카리브")                                                               \
    X("BFA", "BF", 854, "Burkina Faso", "ブルキナファソ", "부르키나파소")                \
    X("BGD", "BD", 50, "Bangladesh", "バングラデシュ", "방글라데시")                     \
    X("BGR", "BG", 100, "Bulgaria", "ブルガリア", "불가리아")                            \
    X("BHR", "BH", 48, "Bahrain", "バーレーン", "바레인")                                \
    X("BHS", "BS", 44, "Bahamas", "バハマ", "바하마")                                    \
    X("BIH", "BA", 70, "Bosnia and Herzegovina", "ボスニア・ヘルツェゴビナ",             \
      "보스니아 헤르체고비나")                                                           \
    X("BLM", "BL", 652, "Saint Barthélemy", "サン・バルテルミー", "생바르텔레미")        \
    X("BLR", "BY", 112, "Belarus", "ベラルーシ", "벨라루스")                             \
    X("BLZ", "BZ", 84, "Belize", "ベリーズ", "벨리즈")                                   \
    X("BMU", "BM", 60, "Bermuda", "バミューダ", "버뮤다")                                \
    X("BOL", "BO", 68, "Bolivia", "ボリビア", "볼리비아")                                \
    X("BRA", "BR", 76, "Brazil", "ブラジル", "브라질")                                   \
    X("BRB", "BB", 52, "Barbados", "バルバドス", "바베이도스")                           \
    X("BRN", "BN", 96, "Brunei", "ブルネイ", "브루나이")                                 \
    X("BTN", "BT", 64, "Bhutan", "ブータン", "부탄")                                     \
    X("BVT", "BV", 74, "Bouvet Island", "ブーベ島", "부베섬")                            \
    X("BWA", "BW", 72, "Botswana", "ボツワナ", "보츠와나")                               \
    X("CAF", "CF", 140, "Central African Republic", "中央アフリカ",                      \
      "중앙아프리카공화국")                                                              \
    X("CAN", "CA", 124, "Canada", "カナダ", "캐나다")                                    \
    X("CCK", "CC", 166, "Cocos (Keeling) Islands", "ココス(キーリング)諸島",             \
      "코코스 제도")                                                                     \
    X("CHE", "CH", 756, "Switzerland", "スイス", "스위스")                               \
    X("CHL", "CL", 152, "Chile", "チリ", "칠레")                                         \
    X("CHN", "CN", 156, "China", "中国", "중국")                                         \
    X("CIV", "CI", 384, "Côte d'Ivoire", "コートジボワール", "코트디부아르")             \
    X("CMR", "CM", 120, "Cameroon", "カメルーン", "카메룬")                              \
    X("COD", "CD", 180, "DR Congo", "コンゴ民主共和国", "콩고민주공화국")                \
    X("COG", "CG", 178, "Congo", "コンゴ共和国", "콩고공화국")                           \
    X("COK", "CK", 184, "Cook Islands", "クック諸島", "쿡 제도")                         \
    X("COL", "CO", 170, "Colombia", "コロンビア", "콜롬비아")                            \
    X("COM", "KM", 174, "Comoros", "コモロ", "코모로")                                   \
    X("CPV", "CV", 132, "Cabo Verde", "カーボベルデ", "카보베르데")                      \
    X("CRI", "CR", 188, "Costa Rica", "コスタリカ", "코스타리카")                        \
    X("CUB", "CU", 192, "Cuba", "キューバ", "쿠바")                                      \
    X("CUW", "CW", 531, "Curaçao", "キュラソー", "퀴라소")                               \
    X("CXR", "CX", 162, "Christmas Island", "クリスマス島", "크리스마스섬")              \
    X("CYM", "KY", 136, "Cayman Islands", "ケイマン諸島", "케이맨 제도")                 \
    X("CYP", "CY", 196, "Cyprus", "キプロス", "키프로스")                                \
    X("CZE", "CZ", 203, "Czechia", "チェコ", "체코")                                     \
    X("DEU", "DE", 276, "Germany", "ドイツ", "독일")                                     \
    X("DJI", "DJ", 262, "Djibouti", "ジブチ", "지부티")                                  \
    X("DMA", "DM", 212, "Dominica", "ドミニカ国", "도미니카")                            \
    X("DNK", "DK", 208, "Denmark", "デンマーク", "덴마크")                               \
    X("DOM", "DO", 214, "Dominican Republic", "ドミニカ共和国", "도미니카 공화국")       \
    X("DZA", "DZ", 12, "Algeria", "アルジェリア", "알제리")                              \
    X("ECU", "EC", 218, "Ecuador", "エクアドル", "에콰도르")                             \
    X("EGY", "EG", 818, "Egypt", "エジプト", "이집트")                                   \
    X("ERI", "ER", 232, "Eritrea", "エリトリア", "에리트리아")                           \
    X("ESH", "EH", 732, "Western Sahara", "西サハラ", "서사하라")                        \
    X("ESP", "ES", 724, "Spain", "スペイン", "스페인")                                   \
    X("EST", "EE", 233, "Estonia", "エストニア", "에스토니아")                           \
    X("ETH", "ET", 231, "Ethiopia", "エチオピア", "에티오피아")                          \
    X("FIN", "FI", 246, "Finland", "フィンランド", "핀란드")                             \
    X("FJI", "FJ", 242, "Fiji", "フィジー", "피지")                                      \
    X("FLK", "FK", 238, "Falkland Islands", "フォークランド諸島", "포클랜드 제도")       \
    X("FRA", "FR", 250, "France", "フランス", "프랑스")                                  \
    X("FRO", "FO", 234, "Faroe Islands", "フェロー諸島", "페로 제도")                    \
    X("FSM", "FM", 583, "Micronesia", "ミクロネシア", "미크로네시아")                    \
    X("GAB", "GA", 266, "Gabon", "ガボン", "가봉")                                       \
    X("GBR", "GB", 826, "United Kingdom", "英国", "영국")                                \
    X("GEO", "GE", 268, "Georgia", "ジョージア", "조지아")                               \
    X("GGY", "GG", 831, "Guernsey", "ガーンジー", "건지")                                \
    X("GHA", "GH", 288, "Ghana", "ガーナ", "가나")                                       \
    X("GIB", "GI", 292, "Gibraltar", "ジブラルタル", "지브롤터")                         \
    X("GIN", "GN", 324, "Guinea", "ギニア", "기니")                                      \
    X("GLP", "GP", 312, "Guadeloupe", "グアドループ", "과들루프")                        \
    X("GMB", "GM", 270, "Gambia", "ガンビア", "감비아")                                  \
    X("GNB", "GW", 624, "Guinea-Bissau", "ギニアビサウ", "기니비사우")                   \
    X("GNQ", "GQ", 226, "Equatorial Guinea", "赤道ギニア", "적도 기니")                  \
    X("GRC", "GR", 300, "Greece", "ギリシャ", "그리스")                                  \
    X("GRD", "GD", 308, "Grenada", "グレナダ", "그레나다")                               \
    X("GRL", "GL", 304, "Greenland", "グリーンランド", "그린란드")                       \
    X("GTM", "GT", 320, "Guatemala", "グアテマラ", "과테말라")                           \
    X("GUF", "GF", 254, "French Guiana", "仏領ギアナ", "프랑스령 기아나")                \
    X("GUM", "GU", 316, "Guam", "グアム", "괌")                                          \
    X("GUY", "GY", 328, "Guyana", "ガイアナ", "가이아나")                                \
    X("HKG", "HK", 344, "Hong Kong", "香港", "홍콩")                                     \
    X("HMD", "HM", 334, "Heard and McDonald Islands", "ハード島・マクドナルド諸島",      \
      "허드 맥도널드 제도")                                                              \
    X("HND", "HN", 340, "Honduras", "ホンジュラス", "온두라스")                          \
    X("HRV", "HR", 191, "Croatia", "クロアチア", "크로아티아")                           \
    X("HTI", "HT", 332, "Haiti", "ハイチ", "아이티")                                     \
    X("HUN", "HU", 348, "Hungary", "ハンガリー", "헝가리")                               \
    X("IDN", "ID", 360, "Indonesia", "インドネシア", "인도네시아")                       \
    X("IMN", "IM", 833, "Isle of Man", "マン島", "맨섬")                                 \
    X("IND", "IN", 356, "India", "インド", "인도")                                       \
    X("IOT", "IO", 86, "British Indian Ocean Territory", "英領インド洋地域",             \
      "영국령 인도양 지역")                                                              \
    X("IRL", "IE", 372, "Ireland", "アイルランド", "아일랜드")                           \
    X("IRN", "IR", 364, "Iran", "イラン", "이란")                                        \
    X("IRQ", "IQ", 368, "Iraq", "イラク", "이라크")                                      \
    X("ISL", "IS", 352, "Iceland", "アイスランド", "아이슬란드")                         \
    X("ISR", "IL", 376, "Israel", "イスラエル", "이스라엘")                              \
    X("ITA", "IT", 380, "Italy", "イタリア", "이탈리아")                                 \
    X("JAM", "JM", 388, "Jamaica", "ジャマイカ", "자메이카")                             \
    X("JEY", "JE", 832, "Jersey", "ジャージー", "저지")                                  \
    X("JOR", "JO", 400, "Jordan", "ヨルダン", "요르단")                                  \
    X("JPN", "JP", 392, "Japan", "日本", "일본")                                         \
    X("KAZ", "KZ", 398, "Kazakhstan", "カザフスタン", "카자흐스탄")                      \
    X("KEN", "KE", 404, "Kenya", "ケニア", "케냐")                                       \
    X("KGZ", "KG", 417, "Kyrgyzstan", "キルギス", "키르기스스탄")                        \
    X("KHM", "KH", 116, "Cambodia", "カンボジア", "캄보디아")                            \
    X("KIR", "KI", 296, "Kiribati", "キリバス", "키리바시")                              \
    X("KNA", "KN", 659, "Saint Kitts and Nevis", "セントクリストファー・ネービス",       \
      "세인트키츠네비스")                                                                \
    X("KOR", "KR", 410, "Republic of Korea", "韓国", "대한민국")                         \
    X("KWT", "KW", 414, "Kuwait", "クウェート", "쿠웨이트")                              \
    X("LAO", "LA", 418, "Laos", "ラオス", "라오스")                                      \
    X("LBN", "LB", 422, "Lebanon", "レバノン", "레바논")                                 \
    X("LBR", "LR", 430, "Liberia", "リベリア", "라이베리아")                             \
    X("LBY", "LY", 434, "Libya", "リビア", "리비아")                                     \
    X("LCA", "LC", 662, "Saint Lucia", "セントルシア", "세인트루시아")                   \
    X("LIE", "LI", 438, "Liechtenstein", "リヒテンシュタイン", "리히텐슈타인")           \
    X("LKA", "LK", 144, "Sri Lanka", "スリランカ", "스리랑카")                           \
    X("LSO", "LS", 426, "Lesotho", "レソト", "레소토")                                   \
    X("LTU", "LT", 440, "Lithuania", "リトアニア", "리투아니아")                         \
    X("LUX", "LU", 442, "Luxembourg", "ルクセンブルク", "룩셈부르크")                    \
    X("LVA", "LV", 428, "Latvia", "ラトビア", "라트비아")                                \
    X("MAC", "MO", 446, "Macao", "マカオ", "마카오")                                     \
    X("MAF", "MF", 663, "Saint Martin", "サン・マルタン", "생마르탱")                    \
    X("MAR", "MA", 504, "Morocco", "モロッコ", "모로코")                                 \
    X("MCO", "MC", 492, "Monaco", "モナコ", "모나코")                                    \
    X("MDA", "MD", 498, "Moldova", "モルドバ", "몰도바")                                 \
    X("MDG", "MG", 450, "Madagascar", "マダガスカル", "마다가스카르")                    \
    X("MDV", "MV", 462, "Maldives", "モルディブ", "몰디브")                              \
    X("MEX", "MX", 484, "Mexico", "メキシコ", "멕시코")                                  \
    X("MHL", "MH", 584, "Marshall Islands", "マーシャル諸島", "마셜 제도")               \
    X("MKD", "MK", 807, "North Macedonia", "北マケドニア", "북마케도니아")               \
    X("MLI", "ML", 466, "Mali", "マリ", "말리")                                          \
    X("MLT", "MT", 470, "Malta", "マルタ", "몰타")                                       \
    X("MMR", "MM", 104, "Myanmar", "ミャンマー", "미얀마")                               \
    X("MNE", "ME", 499, "Montenegro", "モンテネグロ", "몬테네그로")                      \
    X("MNG", "MN", 496, "Mongolia", "モンゴル", "몽골")                                  \
    X("MNP", "MP", 580, "Northern Mariana Islands", "北マリアナ諸島", "북마리아나제도")  \
    X("MOZ", "MZ", 508, "Mozambique", "モザンビーク", "모잠비크")                        \
    X("MRT", "MR", 478, "Mauritania", "モーリタニア", "모리타니")                        \
    X("MSR", "MS", 500, "Montserrat", "モントセラト", "몬트세라트")                      \
    X("MTQ", "MQ", 474, "Martinique", "マルティニーク", "마르티니크")                    \
    X("MUS", "MU", 480, "Mauritius", "モーリシャス", "모리셔스")                         \
    X("MWI", "MW", 454, "Malawi", "マラウイ", "말라위")                                  \
    X("MYS", "MY", 458, "Malaysia", "マレーシア", "말레이시아")                          \
    X("MYT", "YT", 175, "Mayotte", "マヨット", "마요트")                                 \
    X("NAM", "NA", 516, "Namibia", "ナミビア", "나미비아")                               \
    X("NCL", "NC", 540, "New Caledonia", "ニューカレドニア", "뉴칼레도니아")             \
    X("NER", "NE", 562, "Niger", "ニジェール", "니제르")                                 \
    X("NFK", "NF", 574, "Norfolk Island", "ノーフォーク島", "노퍽섬")                    \
    X("NGA", "NG", 566, "Nigeria", "ナイジェリア", "나이지리아")                         \
    X("NIC", "NI", 558, "Nicaragua", "ニカラグア", "니카라과")                           \
    X("NIU", "NU", 570, "Niue", "ニウエ", "니우에")                                      \
    X("NLD", "NL", 528, "Netherlands", "オランダ", "네덜란드")                           \
    X("NOR", "NO", 578, "Norway", "ノルウェー", "노르웨이")                              \
    X("NPL", "NP", 524, "Nepal", "ネパール", "네팔")                                     \
    X("NRU", "NR", 520, "Nauru", "ナウル", "나우루")                                     \
    X("NZL", "NZ", 554, "New Zealand", "ニュージーランド", "뉴질랜드")                   \
    X("OMN", "OM", 512, "Oman", "オマーン", "오만")                                      \
    X("PAK", "PK", 586, "Pakistan", "パキスタン", "파키스탄")                            \
    X("PAN", "PA", 591, "Panama", "パナマ", "파나마")                                    \
    X("PCN", "PN", 612, "Pitcairn Islands", "ピトケアン諸島", "핏케언 제도")             \
    X("PER", "PE", 604, "Peru", "ペルー", "페루")                                        \
    X("PHL", "PH", 608, "Philippines", "フィリピン", "필리핀")                           \
    X("PLW", "PW", 585, "Palau", "パラオ", "팔라우")                                     \
    X("PNG", "PG", 598, "Papua New Guinea", "パプアニューギニア", "파푸아뉴기니")        \
    X("POL", "PL", 616, "Poland", "ポーランド", "폴란드")                                \
    X("PRI", "PR", 630, "Puerto Rico", "プエルトリコ", "푸에르토리코")                   \
    X("PRK", "KP", 408, "North Korea", "北朝鮮", "북한")                                 \
    X("PRT", "PT", 620, "Portugal", "ポルトガル", "포르투갈")                            \
    X("PRY", "PY", 600, "Paraguay", "パラグアイ", "파라과이")                            \
    X("PSE", "PS", 275, "Palestine", "パレスチナ", "팔레스타인")                         \
    X("PYF", "PF", 258, "French Polynesia", "仏領ポリネシア", "프랑스령 폴리네시아")     \
    X("QAT", "QA", 634, "Qatar", "カタール", "카타르")                                   \
    X("REU", "RE", 638, "Réunion", "レユニオン", "레위니옹")                             \
    X("ROU", "RO", 642, "Romania", "ルーマニア", "루마니아")                             \
    X("ROW", "", 0, "Rest of the world", "その他世界", "기타 세계")                      \
    X("RUS", "RU", 643, "Russia", "ロシア", "러시아")                                    \
    X("RWA", "RW", 646, "Rwanda", "ルワンダ", "르완다")                                  \
    X("SAU", "SA", 682, "Saudi Arabia", "サウジアラビア", "사우디아라비아")              \
    X("SDN", "SD", 729, "Sudan", "スーダン", "수단")                                     \
    X("SEN", "SN", 686, "Senegal", "セネガル", "세네갈")                                 \
    X("SGP", "SG", 702, "Singapore", "シンガポール", "싱가포르")                         \
    X("SGS", "GS", 239, "South Georgia and South Sandwich Islands",                      \
      "サウスジョージア・サウスサンドウィッチ諸島", "사우스조지아 사우스샌드위치 제도")  \
    X("SHN", "SH", 654, "Saint Helena", "セントヘレナ", "세인트헬레나")                  \
    X("SJM", "SJ", 744, "Svalbard and Jan Mayen", "スバールバル諸島・ヤンマイエン島",    \
      "스발바르제도-얀마웬섬")                                                           \
    X("SLB", "SB", 90, "Solomon Islands", "ソロモン諸島", "솔로몬 제도")                 \
    X("SLE", "SL", 694, "Sierra Leone", "シエラレオネ", "시에라리온")                    \
    X("SLV", "SV", 222, "El Salvador", "エルサルバドル", "엘살바도르")                   \
    X("SMR", "SM", 674, "San Marino", "サンマリノ", "산마리노")                          \
    X("SOM", "SO", 706, "Somalia", "ソマリア", "소말리아")                               \
    X("SPM", "PM", 666, "Saint Pierre and Miquelon", "サンピエール島・ミクロン島",       \
      "생피에르 미클롱")                                                                 \
    X("SRB", "RS", 688, "Serbia", "セルビア", "세르비아")                                \
    X("SSD", "SS", 728, "South Sudan", "南スーダン", "남수단")                           \
    X("STP", "ST", 678, "São Tomé and Príncipe", "サントメ・プリンシペ",                 \
      "상투메 프린시페")                                                                 \
    X("SUR", "SR", 740, "Suriname", "スリナム", "수리남")                                \
    X("SVK", "SK", 703, "Slovakia", "スロバキア", "슬로바키아")                          \
    X("SVN", "SI", 705, "Slovenia", "スロベニア", "슬로베니아")                          \
    X("SWE", "SE", 752, "Sweden", "スウェーデン", "스웨덴")                              \
    X("SWZ", "SZ", 748, "Eswatini", "エスワティニ", "에스와티니")                        \
    X("SXM", "SX", 534, "Sint Maarten", "シント・マールテン", "신트마르턴")              \
    X("SYC", "SC", 690, "Seychelles", "セーシェル", "세이셸")                            \
    X("SYR", "SY", 760, "Syria", "シリア", "시리아")                                     \
    X("TCA", "TC", 796, "Turks and Caicos Islands", "タークス・カイコス諸島",            \
      "터크스 케이커스 제도")                                                            \
    X("TCD", "TD", 148, "Chad", "チャド", "차드")                                        \
    X("TGO", "TG", 768, "Togo", "トーゴ", "토고")                                        \
    X("THA", "TH", 764, "Thailand", "タイ", "태국")                                      \
    X("TJK", "TJ", 762, "Tajikistan", "タジキスタン", "타지키스탄")                      \
    X("TKL", "TK", 772, "Tokelau", "トケラウ", "토켈라우")                               \
    X("TKM", "TM", 795, "Turkmenistan", "トルクメニスタン", "투르크메니스탄")            \
    X("TLS", "TL", 626, "Timor-Leste", "東ティモール", "동티모르")                       \
    X("TON", "TO", 776, "Tonga", "トンガ", "통가")                                       \
    X("TTO", "TT", 780, "Trinidad and Tobago", "トリニダード・トバゴ",                   \
      "트리니다드 토바고")                                                               \
    X("TUN", "TN", 788, "Tunisia", "チュニジア", "튀니지")                               \
    X("TUR", "TR", 792, "Türkiye", "トルコ", "튀르키예")                                 \
    X("TUV", "TV", 798, "Tuvalu", "ツバル", "투발루")                                    \
    X("TWN", "TW", 158, "Taiwan", "台湾", "대만")                                        \
    X("TZA", "TZ", 834, "Tanzania", "タンザニア", "탄자니아")                            \
    X("UGA", "UG", 800, "Uganda", "ウガンダ", "우간다")                                  \
    X("UKR", "UA", 804, "Ukraine", "ウクライナ", "우크라이나")                           \
    X("UMI", "UM", 581, "U.S. Outlying Islands", "合衆国領有小離島", "미국령 해외 제도") \
    X("URY", "UY", 858, "Uruguay", "ウルグアイ", "우루과이")                             \
    X("USA", "US", 840, "United States", "米国", "미국")                                 \
    X("USR", "SU", 810, "Former USSR", "旧ソ連", "구소련")                               \
    X("UZB", "UZ", 860, "Uzbekistan", "ウズベキスタン", "우즈베키스탄")                  \
    X("VAT", "VA", 336, "Vatican City", "バチカン市国", "바티칸 시국")                   \
    X("VCT", "VC", 670, "Saint Vincent and the Grenadines", "セントビンセント",          \
      "세인트빈센트그레나딘")                                                            \
    X("VEN", "VE", 862, "Venezuela", "ベネズエラ", "베네수엘라")                         \
    X("VGB", "VG", 92, "British Virgin Islands", "英領ヴァージン諸島",                   \
      "영국령 버진아일랜드")                                                             \
    X("VIR", "VI", 850, "U.S. Virgin Islands", "米領ヴァージン諸島",                     \
      "미국령 버진아일랜드")                                                             \
    X("VNM", "VN", 704, "Viet Nam", "ベトナム", "베트남")                                \
    X("VUT", "VU", 548, "Vanuatu", "バヌアツ", "바누아투")                               \
    X("WLF", "WF", 876, "Wallis and Futuna", "ウォリス・フツナ", "왈리스-푸투나 제도")   \
    X("WSM", "WS", 882, "Samoa", "サモア", "사모아")                                     \
    X("XAF", "", 0, "Rest of Africa", "その他アフリカ", "기타 아프리카")                 \
    X("XAM", "", 0, "Rest of America", "その他アメリカ", "기타 아메리카")                \
    X("XAS", "", 0, "Rest of Asia and Pacific", "その他アジア・太平洋",                  \
      "기타 아시아·태평양")                                                              \
    X("XEU", "", 0, "Rest of Europe", "その他ヨーロッパ", "기타 유럽")                   \
    X("XME", "", 0, "Rest of Middle East", "その他中東", "기타 중동")                    \
    X("YEM", "YE", 887, "Yemen", "イエメン", "예멘")                                     \
    X("ZAF", "ZA", 710, "South Africa", "南アフリカ", "남아프리카공화국")                \
    X("ZMB", "ZM", 894, "Zambia", "ザンビア", "잠비아")                                  \
    X("ZWE", "ZW", 716, "Zimbabwe", "ジンバブエ", "짐바브웨")                            \
    X("ZZU", "", 0, "Unseen supplier", "供給元不明", "공급처 미상")

#endif
