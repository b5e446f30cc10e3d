/* SPDX-License-Identifier: Apache-2.0 */
/* Manual pages and documentation pages, made from the declarations. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

static kn_status make_folder(const char *path)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return KN_OK;
    return cli__fail(KN_ERR_IO, "%s: %s", path, strerror(errno));
}

static FILE *create(const char *folder, const char *format, const char *name)
{
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/", folder);
    if (length > 0 && (size_t)length < sizeof path)
        snprintf(path + length, sizeof path - (size_t)length, "%s%s", name, format);
    FILE *out = fopen(path, "wb");
    if (!out)
        cli__fail(KN_ERR_IO, "%s: %s", path, strerror(errno));
    return out;
}

static kn_status close_file(FILE *out)
{
    return fclose(out) == 0 ? KN_OK : cli__fail(KN_ERR_IO, "%s", strerror(errno));
}

/* ---- roff ---- */

static void roff(FILE *out, const char *text)
{
    bool start = true;
    for (; *text; text++) {
        if (start && (*text == '.' || *text == '\''))
            fputs("\\&", out);
        if (*text == '\\')
            fputs("\\e", out);
        else if (*text == '-')
            fputs("\\-", out);
        else
            fputc(*text, out);
        start = *text == '\n';
    }
}

static void roff_options(FILE *out, const kn_option *options, int32_t count)
{
    for (int32_t k = 0; k < count; k++) {
        char facts[512];
        const char *value = cli__value_name(&options[k]);
        fputs(".TP\n\\fB", out);
        roff(out, "--");
        roff(out, options[k].name);
        fputs("\\fR ", out);
        roff(out, value);
        fputc('\n', out);
        roff(out, options[k].help ? options[k].help : "");
        cli__option_facts(facts, sizeof facts, &options[k]);
        if (*facts) {
            fputs(" (", out);
            roff(out, facts);
            fputc(')', out);
        }
        fputc('\n', out);
    }
}

static void roff_head(FILE *out, const char *page, const char *summary)
{
    fprintf(out, ".TH \"%s\" 1 \"\" \"kaname %s\"\n.SH NAME\n", page, KN_VERSION);
    roff(out, page);
    fputs(" \\- ", out);
    roff(out, summary);
    fputs("\n.SH SYNOPSIS\n", out);
}

static void roff_command(FILE *out, const command *used)
{
    char page[64];
    snprintf(page, sizeof page, "kaname-%s", used->name);
    roff_head(out, page, used->summary);
    fprintf(out, "\\fBkaname %s\\fR ", used->name);
    roff(out, used->arguments);
    fputs(" [OPTIONS]\n", out);
    if (used->details) {
        fputs(".SH DESCRIPTION\n", out);
        roff(out, used->details);
        fputc('\n', out);
    }
    if (used->example) {
        fputs(".SH EXAMPLES\n.nf\n", out);
        cli__examples(out, "", used->example);
        fputs(".fi\n", out);
    }
    if (used->option_count)
        fputs(".SH OPTIONS\n", out);
    roff_options(out, used->options, used->option_count);
    fputs(".SH \"OPTIONS OF EVERY COMMAND\"\n", out);
    roff_options(out, cli__global_options, GLOBAL_COUNT);
    if (used->lens && used->lens->formula) {
        fputs(".SH FORMULA\n.nf\n", out);
        roff(out, used->lens->formula);
        fputs("\n.fi\n.SH SOURCE\n", out);
        roff(out, used->lens->source ? used->lens->source : "");
        fputc('\n', out);
    }
    fputs(".SH \"SEE ALSO\"\n.BR kaname (1)\n", out);
}

static void roff_overview(FILE *out)
{
    const command *used;
    roff_head(out, "kaname", "supply networks for economic security");
    fputs("\\fBkaname\\fR COMMAND [NETWORK] [ARGUMENTS] [OPTIONS]\n.SH COMMANDS\n", out);
    for (int32_t k = 0; (used = cli__command_at(k)) != NULL; k++) {
        fprintf(out, ".TP\n\\fB%s\\fR\n", used->name);
        roff(out, used->summary);
        fputc('\n', out);
    }
    fputs(".SH \"OPTIONS OF EVERY COMMAND\"\n", out);
    roff_options(out, cli__global_options, GLOBAL_COUNT);
    fputs(".SH \"EXIT STATUS\"\n0 ok, 1 failure, 2 wrong use, 3 bad data, 4 not "
          "converged or no feasible plan, 5 not found, 10 \\-\\-fail\\-if met, 130 "
          "interrupted.\n",
          out);
}

kn_status cli__write_install(const char *folder)
{
    static const char *const shells[][2] = {
        {"bash", "kaname.bash"}, {"zsh", "_kaname"}, {"fish", "kaname.fish"}};
    const command *used;
    char pages[4096];
    snprintf(pages, sizeof pages, "%s/man1", folder);
    kn_status status = make_folder(folder);
    status = status < 0 ? status : make_folder(pages);
    FILE *out = status < 0 ? NULL : create(pages, "kaname.1", "");
    if (!out)
        return KN_ERR_IO;
    roff_overview(out);
    status = close_file(out);
    for (int32_t k = 0; status >= 0 && (used = cli__command_at(k)) != NULL; k++) {
        char name[64];
        snprintf(name, sizeof name, "kaname-%s", used->name);
        if (!(out = create(pages, ".1", name)))
            return KN_ERR_IO;
        roff_command(out, used);
        status = close_file(out);
    }
    for (size_t k = 0; status >= 0 && k < sizeof shells / sizeof *shells; k++) {
        if (!(out = create(folder, "", shells[k][1])))
            return KN_ERR_IO;
        status = cli__completion(out, shells[k][0]);
        status = close_file(out) < 0 ? KN_ERR_IO : status;
    }
    return status;
}

/* ---- Markdown ---- */

/* In a cell of a table a bar would end the cell. */
static void cell(FILE *out, const char *text)
{
    fputc(' ', out);
    for (; text && *text; text++) {
        if (*text == '|')
            fputc('\\', out);
        fputc(*text == '\n' ? ' ' : *text, out);
    }
    fputs(" |", out);
}

static void page_options(FILE *out, const kn_option *options, int32_t count)
{
    fputs("| option | value | default | meaning | source |\n|---|---|---|---|---|\n",
          out);
    for (int32_t k = 0; k < count; k++) {
        fprintf(out, "| `--%s` |", options[k].name);
        cell(out, cli__value_name(&options[k]));
        cell(out, options[k].default_text);
        cell(out, options[k].help);
        cell(out, options[k].source);
        fputc('\n', out);
    }
}

static void page_tables(FILE *out, const kn_lens *lens)
{
    for (int32_t t = 0; t < lens->table_count; t++) {
        const kn_table_decl *decl = lens->tables[t];
        fprintf(out,
                "\n## Table `%s`\n\n%s\n\n| column | unit | meaning |\n|---|---|---|\n",
                decl->name, decl->help ? decl->help : "");
        for (int32_t k = 0; k < decl->column_count; k++) {
            fprintf(out, "| `%s` |", decl->columns[k].name);
            cell(out, decl->columns[k].unit);
            cell(out, decl->columns[k].help);
            fputc('\n', out);
        }
    }
}

static const char made[] = "<!-- written by ./run docs from the declarations -->\n";

static void page_lens(FILE *out, const kn_lens *lens)
{
    fprintf(out, "%s# %s\n\n%s\n\n## Formula\n\n```text\n%s\n```\n\nSource: %s\n", made,
            lens->name, lens->summary, lens->formula ? lens->formula : "",
            lens->source ? lens->source : "");
    fputs("\n## Options\n\n", out);
    page_options(out, lens->options, lens->option_count);
    page_tables(out, lens);
}

static void page_commands(FILE *out)
{
    const command *used;
    fprintf(out, "%s# Commands\n", made);
    for (int32_t k = 0; (used = cli__command_at(k)) != NULL; k++) {
        fprintf(out, "\n## kaname %s %s\n\n%s", used->name, used->arguments,
                used->summary);
        if (used->lens)
            fprintf(out, "; see [lens/%s.md](lens/%s.md)", used->name, used->name);
        fprintf(out, ".\n%s%s%s", used->details ? "\n" : "",
                used->details ? used->details : "", used->details ? "\n" : "");
        if (used->example) {
            fputs("\n```sh\n", out);
            cli__examples(out, "", used->example);
            fputs("```\n", out);
        }
        if (used->option_count && !used->lens) {
            fputc('\n', out);
            page_options(out, used->options, used->option_count);
        }
    }
    fputs("\n## Options of every command\n\n", out);
    page_options(out, cli__global_options, GLOBAL_COUNT);
}

kn_status cli__write_docs(const char *folder)
{
    char pages[4096];
    snprintf(pages, sizeof pages, "%s/lens", folder);
    kn_status status = make_folder(folder);
    status = status < 0 ? status : make_folder(pages);
    FILE *out = status < 0 ? NULL : create(folder, "commands.md", "");
    if (!out)
        return KN_ERR_IO;
    page_commands(out);
    status = close_file(out);
    for (int32_t k = 0; status >= 0 && k < kn_lens_count(); k++) {
        if (!(out = create(pages, ".md", kn_lens_at(k)->name)))
            return KN_ERR_IO;
        page_lens(out, kn_lens_at(k));
        status = close_file(out);
    }
    return status;
}
