/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>

#include "lens/exposure/exposure.h"

extern const kn_lens kn__lens_exposure;

typedef enum measure {
    SHARES,
    PRODUCERS,
    GVC,
    TIVA,
    UPSTREAMNESS,
    COMPLEXITY,
    POWER,
    FRAGILITY,
    STRUCTURE,
    FPEM,
    FPEX
} measure;

static const char choices[] = "exposure|producers|gvc|tiva|upstreamness|complexity|power|"
                              "fragility|structure|fpem|fpex";

static kn_status run_exposure(kn_context *ctx, const kn_network *net,
                              const kn_scenario *scenario, const void *given,
                              kn_result *result)
{
    (void)scenario;
    kn__exposure e = {.ctx = ctx, .net = net, .options = given, .result = result};
    kn_status status = KN_ERR_MEMORY;
    KN__TRY(kn__arena_new(&e.arena, ctx));
    e.unit_value = KN__ARRAY(e.arena, ctx, net->producer_count, double);
    for (int32_t i = 0; e.unit_value && i < net->producer_count; i++)
        e.unit_value[i] = net->producers[i].output != 0
                              ? net->producers[i].value_added / net->producers[i].output
                              : 0;
    measure asked = (measure)e.options->measure;
    if (!e.unit_value)
        status = KN_ERR_MEMORY;
    else if (asked == SHARES)
        status = kn__exposure_shares(&e);
    else if (asked == PRODUCERS || asked == UPSTREAMNESS)
        status = kn__exposure_streams(&e, asked == PRODUCERS ? &kn__table_producers
                                                             : &kn__table_upstreamness);
    else if (asked == GVC || asked == TIVA)
        status = kn__exposure_gvc(&e, asked == TIVA);
    else if (asked == COMPLEXITY)
        status = kn__exposure_complexity(&e);
    else if (asked == POWER)
        status = kn__exposure_power(&e);
    else if (asked == FRAGILITY)
        status = kn__exposure_fragility(&e);
    else if (asked == FPEM)
        status = kn__exposure_fpem(&e);
    else if (asked == FPEX)
        status = kn__exposure_fpex(&e);
    else
        status = kn__exposure_structure(&e);
    kn__arena_free(e.arena);
    return status;
}

#define OPTION(name, type, value, unit, choices, low, high, help, source, field)         \
    {                                                                                    \
        name, type, value, unit, choices, low, high, help, source,                       \
            offsetof(kn__exposure_options, field)                                        \
    }

static const kn_option options[] = {
    OPTION("of", KN_OPTION_ECONOMIES, NULL, "", NULL, 0, 0,
           "buyers, each for itself; a bloc is one buyer (default: all economies)", NULL,
           of),
    OPTION("to", KN_OPTION_ECONOMIES, NULL, "", NULL, 0, 0,
           "holders, or partners of gvc (default: all economies)", NULL, to),
    OPTION("product", KN_OPTION_PRODUCTS, NULL, "", NULL, 0, 0,
           "what is bought (default: everything)", NULL, product),
    OPTION("measure", KN_OPTION_CHOICE, "exposure", "", choices, 0, 0, "which table",
           NULL, measure),
    OPTION("together", KN_OPTION_FLAG, "false", "", NULL, 0, 0,
           "take the economies of --of as one buyer, as if they were a bloc", NULL,
           together),
    OPTION("sigma", KN_OPTION_NUMBER, "4", "", NULL, 1.01, 100,
           "power: elasticity of substitution between suppliers of a product",
           "Clayton, Maggiori and Schreger 2024 use 4 to 6", sigma),
    OPTION("rho", KN_OPTION_NUMBER, "1", "", NULL, 0.01, 100,
           "power: elasticity of substitution between products", "Cobb-Douglas", rho),
    OPTION("rest", KN_OPTION_NUMBER, "0.05", "share", NULL, 0.0001, 0.9999,
           "structure: supply below this share of the normal one counts as none",
           "assumed", rest),
};

static const kn_table_decl *const tables[] = {
    &kn__table_exposure,     &kn__table_dependency, &kn__table_producers,
    &kn__table_upstreamness, &kn__table_gvc,        &kn__table_tiva,
    &kn__table_complexity,   &kn__table_power,      &kn__table_fragility,
    &kn__table_structure,    &kn__table_fpem,       &kn__table_fpex};

static const char formula[] =
    "A = Z x^-1, L = (I - A)^-1, V = v x^-1; b_i purchases of the product by maker i\n"
    "exposure    direct_h = sum_{i in h} b_i / sum b;  through_h = sum_{i in h} V_i "
    "(L b)_i / sum_i V_i (L b)_i\n"
    "  bounds    content C_j = own_j + sum_known A_ij C_i + sum_unseen A_ij max_r C_r "
    "(min for the low one), r over the known makers of the product and one in the holder "
    "(elsewhere)\n"
    "  reach     reach_q = sum_s m_s max(1[s = h], max over essential inputs of reach)\n"
    "fpem        FPEM_hj = sum_{i in h} L_ij / sum_i L_ij; face value with I + A for L "
    "in "
    "the numerator; hidden = the difference\n"
    "fpex        FPEX_ig = sum_{j in g} L_ij F_j / x_i, F final demand\n"
    "dependency  hhi = sum s^2, in [sum s^2, sum_{i not max} s^2 + (s_max + unseen)^2]; "
    "cdi1 hhi of imports > 0.4, cdi2 outside share of imports > 0.5, cdi3 imports / "
    "exports > 1\n"
    "producers   U = (I - Z/x_i)^-1 1;  D = (I - A')^-1 1\n"
    "gvc         DC = V_s B_ss E_s; DVA = V_s (I - A_ss)^-1 E_s; FC = sum_t V_t B_ts "
    "E_s; "
    "FVA the same without the loops through s; DDC = DC - DVA; FDC = FC - FVA; VAX = V_s "
    "sum_j B_sj sum_{r not s} Y_jr; REF = DVA - VAX (by partner: V_s (I - A_ss)^-1 A_sr "
    "(B Y)_rs); DAVAX_sr = V_s (I - A_ss)^-1 [Y_sr + A_sr (I - A_rr)^-1 Y_rr]; GVC = E - "
    "DAVAX\n"
    "tiva        VAX/E; VS = FC/E; VS1 = sum_{t not s} V_s B_st E_t / E_s\n"
    "complexity  RCA >= 1; second eigenvector of sum_p M_cp M_c'p / (k_c k_p); fitness F "
    "= "
    "M Q, Q = 1 / (M' 1/F)\n"
    "power       1/(1-rho) log sum_J O_J (1 - w_J)^((rho-1)/(sigma-1)); rho = 1: sum_J "
    "O_J/(sigma-1) log 1/(1 - w_J)\n"
    "fragility   standard deviation and hhi of exporters' shares, mean local clustering\n"
    "structure   smallest set of holders without whom less than `rest` of the product is "
    "made, all essential inputs counted";

static const char source[] =
    "Baldwin, Freeman and Theodorakopoulos 2022 (look-through shares); European "
    "Commission SWD(2021) 352; Borin and Mancini 2019; Johnson and Noguera 2012; "
    "Hummels, "
    "Ishii and Yi 2001; Antras, Chor, Fally and Hillberry 2012; Hidalgo and Hausmann "
    "2009; Tacchella et al. 2012; Clayton, Maggiori and Schreger 2024; Korniyenko, Pinat "
    "and Dew 2017";

const kn_lens kn__lens_exposure = {
    .name = "exposure",
    .summary = "who depends on whom, all tiers deep",
    .formula = formula,
    .source = source,
    .options_size = sizeof(kn__exposure_options),
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .tables = tables,
    .table_count = sizeof tables / sizeof *tables,
    .run = run_exposure,
};
