/* SPDX-License-Identifier: Apache-2.0 */
/* run-case FILE.json...: evaluates case files; one line a case, exit 1 on any FAIL. */
#include <stdio.h>
#include <string.h>

#include "run_case.h"

static const struct {
    const char *name;
    void (*evaluate)(rc *r);
} families[] = {
    {"ario", rc_ario},         {"caliendo-parro", rc_caliendo_parro},
    {"denial", rc_denial},     {"esri", rc_esri},
    {"formulas", rc_formulas}, {"gravity", rc_gravity},
    {"guan", rc_guan},         {"inoue-todo", rc_inoue_todo},
    {"leontief", rc_leontief}, {"pichler", rc_pichler},
};

static void evaluate(rc *r)
{
    const char *family = json_string_value(json_object_get(r->root, "family"));
    if (!rc_tolerance(r))
        return;
    for (size_t k = 0; family && k < sizeof families / sizeof *families; k++)
        if (!strcmp(family, families[k].name)) {
            families[k].evaluate(r);
            return;
        }
    rc_error(r, "unknown family \"%s\"", family ? family : "");
}

static bool run_file(const char *path)
{
    rc r = {.file = path};
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error);
    r.root = root;
    if (!root)
        rc_error(&r, "%d:%d: %s", error.line, error.column, error.text);
    else if (kn_context_new(&r.ctx, NULL) < 0 || kn__arena_new(&r.arena, r.ctx) < 0)
        rc_error(&r, "out of memory");
    else
        evaluate(&r);
    /* An error outside any case, or no case at all, still is a line that says FAIL. */
    if (r.broken || !r.cases)
        rc_end(&r);
    kn__arena_free(r.arena);
    kn_context_free(r.ctx);
    json_decref(root);
    return !r.failures;
}

int main(int count, char **files)
{
    if (count < 2) {
        fprintf(stderr, "usage: run-case FILE.json...\n");
        return 2;
    }
    bool ok = true;
    for (int i = 1; i < count; i++)
        ok = run_file(files[i]) && ok;
    return ok ? 0 : 1;
}
