/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <string.h>

#include "read/flows_raw.h"

static const char EDGES[] =
    "supplier,buyer,weight\nacme,bolt,2.5\nbolt,cog,1\ncog,acme,4\n";
static const char NODES[] = "firm,sector,economy\nacme,24,JPN\nbolt,26,KR\ncog,26,\n";
static const char CLASSES[] = "\"\",\"24\",\"26\",\"27\"\n\"24\",0,2,1\n\"26\",1,0,0\n"
                              "\"27\",2,2,2\n";

typedef struct texts {
    const char *at[3];
    int32_t count;
} texts;

static kn_status read_texts(kn__firms_raw **raw, kn_context *ctx, const texts *t)
{
    static const char *const names[] = {"edges.csv", "nodes.csv", "classes.csv"};
    kn__csv *files[3] = {NULL, NULL, NULL};
    kn_status status = KN_OK;
    *raw = NULL;
    for (int32_t k = 0; k < t->count && status >= 0; k++)
        status = kn__csv_open_bytes(&files[k], ctx, names[k], t->at[k], strlen(t->at[k]));
    if (status >= 0)
        status = kn__read_firms_csv(raw, ctx, files, t->count);
    for (int k = 0; k < 3; k++)
        kn__csv_close(files[k]);
    return status;
}

static const texts good = {{EDGES, NODES, CLASSES}, 3};

static void three_files(void **state)
{
    kn__firms_raw *raw;
    assert_int_equal(read_texts(&raw, *state, &good), KN_OK);
    assert_string_equal(raw->edition,
                        "firms: 3 nodes, 3 edges, 2 sectors, classes of inputs");
    assert_string_equal(raw->firms[1], "bolt");
    assert_string_equal(raw->firm_economy[1], "KOR");
    assert_string_equal(raw->firm_economy[2], "");
    assert_true(raw->supplier[2] == 2 && raw->buyer[2] == 0 && raw->weight[2] == 4);
    assert_string_equal(raw->sectors[raw->sector[2]], "26");
    const unsigned char classes[] = {0, 2, 1, 0};
    assert_memory_equal(raw->essential, classes, sizeof classes);
    kn__firms_raw_free(raw);
}

/* Without headers: numbered firms, one sector a line, sectors by their place. */
static void bare_files(void **state)
{
    const texts t = {{"1\t2\t0.5\n2\t3\t1.5\n", "3\n1\n3\n", CLASSES}, 3};
    kn__firms_raw *raw;
    assert_int_equal(read_texts(&raw, *state, &t), KN_OK);
    assert_int_equal(raw->firm_count, 3);
    assert_string_equal(raw->sectors[0], "3");
    const unsigned char classes[] = {2, 2, 1, 0}; /* 27 and 24 */
    assert_memory_equal(raw->essential, classes, sizeof classes);
    kn__firms_raw_free(raw);
}

static void edges_only(void **state)
{
    const texts t = {{EDGES}, 1};
    kn__firms_raw *raw;
    assert_int_equal(read_texts(&raw, *state, &t), KN_OK);
    assert_int_equal(raw->sector_count, 1);
    assert_null(raw->essential);
    kn__firms_raw_free(raw);
}

static void class_table_616(void **state)
{
    const char *path = "../shared/cases/cascade/ess_ihs_616.csv";
    if (!shared_exists(path))
        skip();
    kn__csv *files[3] = {NULL, NULL, NULL};
    static const char nodes[] = "firm,sector\na,0111\nb,0112\nc,2611\n";
    static const char edges[] = "supplier,buyer,weight\na,b,1\nb,c,1\n";
    kn__firms_raw *raw;
    kn__csv_open_bytes(&files[0], *state, "edges", edges, strlen(edges));
    kn__csv_open_bytes(&files[1], *state, "nodes", nodes, strlen(nodes));
    assert_int_equal(kn__csv_open(&files[2], *state, path), KN_OK);
    if (kn__read_firms_csv(&raw, *state, files, 3) != KN_OK)
        fail_msg("%s", kn_context_error(*state));
    assert_int_equal(raw->sector_count, 3);
    assert_int_equal(raw->essential[0], 2);
    for (int k = 0; k < 3; k++)
        kn__csv_close(files[k]);
    kn__firms_raw_free(raw);
}

static void refuses(void **state, int file, const char *text, const char *message)
{
    kn__firms_raw *raw;
    texts t = good;
    t.at[file] = text;
    assert_refused(*state, read_texts(&raw, *state, &t), KN_ERR_DATA, message);
    assert_null(raw);
}

static void wrong_files(void **state)
{
    refuses(state, 0, "", "edges.csv:1:1: supplier, buyer and weight");
    refuses(state, 0, "supplier,buyer,price\n", "column \"weight\" is missing");
    refuses(state, 0, "supplier,buyer,weight\n", "there is no edge");
    refuses(state, 0, "acme,bolt,1\nacme,dolt,1\n", "2:6: firm \"dolt\" is not in the");
    refuses(state, 0, "acme,bolt,1\nacme,cog,-1\n", "2:10: a weight cannot be negative");
    refuses(state, 0, "acme,bolt,1\nacme,,1\n", "2:6: the name of a firm");
    refuses(state, 1, "", "nodes.csv:1:1: there is no firm");
    refuses(state, 1, "company,sector\nacme,24\n", "column \"firm\" is missing");
    refuses(state, 1, "acme,24\nacme,26\n", "2:1: firm \"acme\" stands twice");
    refuses(state, 1, "acme,\n", "1:6: a sector was expected");
    refuses(state, 1, "acme,24,Atlantis\n", "1:9: unknown economy \"Atlantis\"");
    refuses(state, 2, "", "classes.csv:1:1: a header row of sectors");
    refuses(state, 2, ",24\n24,0\n", "sector \"26\" of the firms has no column");
    refuses(state, 2, ",24,26\n24,0,3\n26,0,0\n", "2:6: a class was expected");
    refuses(state, 2, ",24,26\n24,0,0\n", "1 rows, but 2 columns");
}

static kn_status read_and_free(kn_context *ctx, void *arg)
{
    kn__firms_raw *raw;
    KN__TRY(read_texts(&raw, ctx, arg));
    kn__firms_raw_free(raw);
    return KN_OK;
}

static void every_allocation(void **state)
{
    (void)state;
    assert_true(every_allocation_fails(read_and_free, (void *)(uintptr_t)&good) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_files), cmocka_unit_test(bare_files),
        cmocka_unit_test(edges_only),  cmocka_unit_test(class_table_616),
        cmocka_unit_test(wrong_files), cmocka_unit_test(every_allocation),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
