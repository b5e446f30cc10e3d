/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <string.h>

#include "read/io_format.h"

static kn__io_raw *read_path(kn_context *ctx, const char *path, kn__io_fill fill)
{
    kn__io_raw *raw;
    if (kn__io_read(&raw, ctx, path, fill) != KN_OK)
        fail_msg("%s", kn_context_error(ctx));
    return raw;
}

/* The matrix and the flat file of one table are the same network. */
static void figaro_layouts(void **state)
{
    const double rate = 1.1422; /* 2020 */
    kn__io_raw *m =
        read_path(*state, "tests/data/figaro/matrix_eu-ic-io_ind-by-ind_24ed_2020.csv",
                  kn__figaro_fill);
    kn__io_raw *f =
        read_path(*state, "tests/data/figaro/flatfile_eu-ic-io_ind-by-ind_24ed_2020.csv",
                  kn__figaro_fill);
    assert_string_equal(m->edition, "FIGARO 2024 edition, 2020, matrix, 2 economies, 2 "
                                    "industries");
    assert_string_equal(f->edition,
                        "FIGARO 2024 edition, 2020, flat file, 2 economies, 2 "
                        "industries");
    assert_int_equal(m->producer_count, 3);
    assert_int_equal(m->final_count, 10);
    assert_string_equal(m->economies[0], "GRC");
    assert_string_equal(m->economies[1], "ROW");
    assert_string_equal(m->industries[1], "isic:10-12");
    assert_close(m->z[1], 2 * rate, 1e-12);
    assert_close(m->final_demand[4], -0.5 * rate, 1e-12);
    assert_memory_equal(m->z, f->z, 9 * sizeof *m->z);
    assert_memory_equal(m->final_demand, f->final_demand, 30 * sizeof *m->final_demand);
    kn__io_raw_free(*state, m);
    kn__io_raw_free(*state, f);
}

static void eora26_folder(void **state)
{
    kn__io_raw *raw = read_path(*state, "tests/data/eora26", kn__eora26_fill);
    assert_string_equal(raw->edition,
                        "Eora26, 2015, basic prices, 3 economies, 3 sectors");
    assert_int_equal(raw->producer_count, 5);
    assert_string_equal(raw->economies[1], "SSD");
    assert_string_equal(raw->industries[1], "electrical-and-machinery");
    assert_close(raw->z[1], 2, 1e-12);
    for (int64_t i = 0; i < 5; i++) {
        double sold = 0, inputs = 0;
        for (int64_t k = 0; k < 5; k++) {
            sold += raw->z[i * 5 + k] + raw->final_demand[i * 5 + k];
            inputs += raw->z[k * 5 + i];
        }
        assert_close(sold, inputs + raw->value_added[i], 1e-6);
    }
    kn__io_raw_free(*state, raw);
}

enum { MOST_FILES = 6 };

typedef struct files {
    kn__io_fill fill;
    int32_t count;
    const char *names[MOST_FILES], *texts[MOST_FILES];
} files;

static kn_status read_files(kn__io_raw **raw, kn_context *ctx, const files *f)
{
    size_t lengths[MOST_FILES];
    for (int32_t k = 0; k < f->count; k++)
        lengths[k] = strlen(f->texts[k]);
    return kn__io_read_memory(raw, ctx, f->names, f->texts, lengths, f->count, f->fill);
}

static void refuses(void **state, files f, int file, const char *text,
                    const char *message)
{
    kn__io_raw *raw;
    f.texts[file] = text;
    assert_refused(*state, read_files(&raw, *state, &f), KN_ERR_DATA, message);
    assert_null(raw);
}

#define FLAT_HEAD "refArea,rowIi,counterpartArea,colIi,obsValue\n"

static const files figaro = {
    kn__figaro_fill, 1, {"figaro.csv"}, {"rowLabels,AT_C26,AT_P3_S14\nAT_C26,1,2\n"}};
static const files flat = {kn__figaro_fill,
                           1,
                           {"flat_2020.csv"},
                           {FLAT_HEAD "AT,C26,AT,C26,1\nAT,C26,AT,P3_S14,2\n"}};
static const files eora = {
    kn__eora26_fill,
    5,
    {"labels_T.txt", "labels_FD.txt", "x_T.txt", "x_FD.txt", "x_VA.txt"},
    {"Japan\tJPN\tIndustries\tA\t\nJapan\tJPN\tIndustries\tB\t\n",
     "Japan\tJPN\tFinal demand\tHousehold\t\n", "1\t2\n3\t4\n", "5\n6\n", "1\t2\n"}};

static void wrong_figaro(void **state)
{
    refuses(state, figaro, 0, "", "this is not a FIGARO table");
    refuses(state, figaro, 0, "rowLabels,ZZ_C26\n", "1:11: unknown economy \"ZZ\"");
    refuses(state, figaro, 0, "rowLabels,AT_C26\nAT_C27,1\n", "2:1: row \"AT_C27\"");
    refuses(state, figaro, 0, "rowLabels,AT_C26\nAT_C26,1\nW2_X,1\n",
            "3:1: row \"W2_X\"");
    refuses(state, flat, 0, "refArea,rowIi,colIi,obsValue\n",
            "column \"counterpartArea\" is missing");
    refuses(state, flat, 0, FLAT_HEAD "AT,C26,AT,C26,-1\n", "2:15: a flow between");
    refuses(state, flat, 0, FLAT_HEAD "AT,C26,QQ,C26,1\n", "2:8: unknown economy \"QQ\"");
    refuses(state, flat, 0, FLAT_HEAD "AT,,AT,C26,1\n", "2:4: an industry code");
    refuses(state, flat, 0, FLAT_HEAD, "the table is not complete");
    refuses(state, flat, 0, FLAT_HEAD "AT,C26,AT,C26,1\nAT,C26,AT,C26,1\n",
            "3:15: AT C26 to AT C26 stands twice");
}

/* Categories kaname holds as one add up; cells without a row are told. */
static void flat_cells(void **state)
{
    kn__io_raw *raw;
    files f = flat;
    f.texts[0] = FLAT_HEAD "AT,C26,AT,C26,1\nAT,C26,AT,P51G,2\nAT,C26,AT,P5G,3\n"
                           "AT,C27,AT,C26,4\nAT,C27,AT,C27,5\n";
    must(*state, read_files(&raw, *state, &f));
    double rate = raw->z[0];
    assert_int_equal(raw->final_count, 1);
    assert_close(raw->final_demand[0], 5 * rate, 1e-12);
    assert_close(raw->z[2], 4 * rate, 1e-12);
    assert_true(raw->z[1] == 0);
    assert_has(raw->notes.at[0], "1 of 4 flows between producers have no row");
    kn__io_raw_free(*state, raw);
}

static void wrong_eora(void **state)
{
    refuses(state, eora, 0, "", "there are no labels of producers");
    refuses(state, eora, 0, "Japan\tJPN\tA\n", "labels_T.txt:1:1: 3 fields; a label");
    refuses(state, eora, 0, "Japan\tJPM\tIndustries\tA\n",
            "1:7: unknown economy \"JPM\"");
    refuses(state, eora, 0, "J\tJPN\tI\tA\nJ\tJPN\tI\tA\n",
            "2:9: \"JPN A\" stands twice");
    refuses(state, eora, 2, "1\t2\n", "x_T.txt:1:1: 1 rows; the labels name 2");
    refuses(state, eora, 2, "1\t2\t3\n", "x_T.txt:1:1: 3 numbers; the labels name 2");
    refuses(state, eora, 2, "1\tx\n", "x_T.txt:1:3: a number was expected");
    refuses(state, eora, 3, "5\n6\n7\n", "x_FD.txt:3:1: 3 rows; the labels name 2");
    files none = eora;
    none.count = 2;
    kn__io_raw *raw;
    assert_refused(*state, read_files(&raw, *state, &none), KN_ERR_NOT_FOUND,
                   "there is no T.txt");
    files labelled = eora; /* labels_VA.txt names two rows, VA has one */
    labelled.count = 6;
    labelled.names[5] = "labels_VA.txt";
    labelled.texts[5] = "Primary Inputs\tPay\t\nPrimary Inputs\tSurplus\t\n";
    refuses(state, labelled, 4, "1\t2\n", "x_VA.txt:1:1: 1 rows; the labels name 2");
}

static kn_status read_and_free(kn_context *ctx, void *arg)
{
    kn__io_raw *raw;
    KN__TRY(read_files(&raw, ctx, arg));
    kn__io_raw_free(ctx, raw);
    return KN_OK;
}

static void every_allocation(void **state)
{
    (void)state;
    assert_true(every_allocation_fails(read_and_free, (void *)(uintptr_t)&figaro) > 5);
    assert_true(every_allocation_fails(read_and_free, (void *)(uintptr_t)&flat) > 5);
    assert_true(every_allocation_fails(read_and_free, (void *)(uintptr_t)&eora) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figaro_layouts), cmocka_unit_test(eora26_folder),
        cmocka_unit_test(wrong_figaro),   cmocka_unit_test(flat_cells),
        cmocka_unit_test(wrong_eora),     cmocka_unit_test(every_allocation),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
