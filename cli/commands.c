/* SPDX-License-Identifier: Apache-2.0 */
/* The table of commands. A lens is a command by itself: its declaration is all there is
   to say. */
#include <string.h>

#include "cli.h"

const kn_option cli__global_options[GLOBAL_COUNT] = {
    [GLOBAL_FORMAT] = {.name = "format",
                       .type = KN_OPTION_CHOICE,
                       .choices = "table|csv|json|md|xlsx",
                       .help = "how results are written; without it the ending of "
                               "--output decides, else table"},
    [GLOBAL_OUTPUT] = {.name = "output",
                       .type = KN_OPTION_TEXT,
                       .unit = "FILE",
                       .help = "write to this file (-o); - is stdout"},
    [GLOBAL_TABLE] = {.name = "table",
                      .type = KN_OPTION_TEXT,
                      .unit = "NAME",
                      .help = "write only the table of this name"},
    [GLOBAL_LABELS] = {.name = "labels",
                       .type = KN_OPTION_CHOICE,
                       .choices = "en|ja|ko",
                       .help = "add names in this language beside the codes"},
    [GLOBAL_BOM] = {.name = "bom",
                    .type = KN_OPTION_FLAG,
                    .help = "csv with the UTF-8 mark that spreadsheets want"},
    [GLOBAL_FAIL_IF] = {.name = "fail-if",
                        .type = KN_OPTION_TEXT,
                        .unit = "CONDITION",
                        .help = "exit with 10 when a row of the first table meets a "
                                "condition such as \"loss_musd>1000\""},
    [GLOBAL_THREADS] = {.name = "threads",
                        .type = KN_OPTION_INTEGER,
                        .unit = "N",
                        .low = 1,
                        .high = 1024,
                        .help = "threads to use; results do not depend on it "
                                "(default: one per processor)"},
    [GLOBAL_SEED] = {.name = "seed",
                     .type = KN_OPTION_INTEGER,
                     .unit = "N",
                     .low = 0,
                     .high = 9e15,
                     .help = "seed of random draws; commands without draws ignore it"},
    [GLOBAL_NO_CACHE] = {.name = "no-cache",
                         .type = KN_OPTION_FLAG,
                         .help = "neither use nor keep dear results; they are kept in "
                                 "the network's file, those of the atlas in the user's "
                                 "cache folder"},
    [GLOBAL_EXPLAIN] = {.name = "explain",
                        .type = KN_OPTION_FLAG,
                        .help = "print formula, parameters and sources, compute nothing"},
    [GLOBAL_QUIET] = {.name = "quiet",
                      .type = KN_OPTION_FLAG,
                      .help = "no messages or progress on stderr, only errors"},
    [GLOBAL_HELP] = {.name = "help",
                     .type = KN_OPTION_FLAG,
                     .help = "print the help of the command (-h)"},
};

static const kn_option atlas_options[] = {
    {.name = "data",
     .type = KN_OPTION_TEXT,
     .unit = "FOLDER",
     .help = "compare shares with what usgs, bgs and iea in this folder say: differences "
             "over 10 points are listed"},
    {.name = "docs",
     .type = KN_OPTION_FLAG,
     .help =
         "write the page docs/atlas.md instead: coverage, grade and age by chain, the "
         "twenty weakest figures"},
};

static const kn_option export_options[] = {
    {.name = "to",
     .type = KN_OPTION_CHOICE,
     .choices = CLI__EXPORTS,
     .help = "csv: tidy tables; pymrio: what pymrio.load_all reads; xlsx: a workbook; "
             "zip: all of them in one file (default: what -o ends in, else csv)"},
};

static const kn_option import_options[] = {
    {.name = "trade",
     .type = KN_OPTION_TEXT,
     .unit = "FILE",
     .help = "format atlas only: a csv of BACI or UN Comtrade whose flows replace the "
             "known links of products with clean HS codes"},
    {.name = "only",
     .type = KN_OPTION_TEXT,
     .unit = "HS,...",
     .help = "formats baci and comtrade only: the goods to read, by HS chapter, heading "
             "or code (81,8542,850511); a whole year is too large"},
};

static const kn_option info_options[] = {
    {.name = "producers",
     .type = KN_OPTION_FLAG,
     .help = "the table of producers with their place in the chain instead"},
};

static const kn_option brief_options[] = {
    {.name = "for",
     .type = KN_OPTION_TEXT,
     .unit = "ECONOMY",
     .help = "whose brief it is, an ISO 3166 alpha-3 code"},
    {.name = "scenario",
     .type = KN_OPTION_TEXT,
     .unit = "FILE",
     .help = "measures to play, by slices, day by day and after trade has adjusted; "
             "without it only the chokepoints"},
    {.name = "against",
     .type = KN_OPTION_TEXT,
     .unit = "FILE",
     .help = "another scenario to put beside the first"},
    {.name = "lang",
     .type = KN_OPTION_CHOICE,
     .choices = "en|ja|ko",
     .default_text = "en",
     .help = "language of the brief"},
};

#define LENS_OPTION(done)                                                                \
    {                                                                                    \
        .name = "lens", .type = KN_OPTION_CHOICE, .choices = "cascade|trade",            \
        .default_text = "cascade",                                                       \
        .help = "what is " done "; the options of that lens are understood, too"         \
    }

static const kn_option compare_options[] = {LENS_OPTION("run under both scenarios")};

static const kn_option sweep_options[] = {
    LENS_OPTION("run at every draw"),
    {.name = "over",
     .type = KN_OPTION_TEXT,
     .unit = "KEY=LOW:HIGH",
     .help = "what moves, may be given several times: an option of the lens that is a "
             "number (restore_days=5:60), a number of the measures of one operation "
             "(export_quota.keep=0.2:0.6) or of those that begin in a line of the file "
             "(line7.start=0:90); log:LOW:HIGH draws evenly in the logarithm"},
    {.name = "samples",
     .type = KN_OPTION_INTEGER,
     .default_text = "200",
     .low = 2,
     .high = 1000000,
     .help = "draws of the Latin hypercube"},
    {.name = "checkpoint",
     .type = KN_OPTION_TEXT,
     .unit = "FILE",
     .help = "keep the draws done in this file; a run that finds it goes on from there"},
};

static const kn_option help_options[] = {
    {.name = "write-docs",
     .type = KN_OPTION_TEXT,
     .unit = "FOLDER",
     .help = "write commands.md and lens/*.md of the documentation"},
    {.name = "write-install",
     .type = KN_OPTION_TEXT,
     .unit = "FOLDER",
     .help = "write the manual pages and shell completions"},
};

#define OPTIONS(list) .options = list, .option_count = sizeof(list) / sizeof *(list)

static const command commands[] = {
    {.name = "brief",
     .arguments = "[NETWORK]",
     .summary = "write the brief of one economy as an HTML file",
     .details = "One file without scripts or links to load: the three sentences, the "
                "chokepoints, the worst chain, the map, the scenario by slices, day by "
                "day and after trade has adjusted, assumptions, sources and checks.",
     .example = "brief --for JPN -o brief.html\n"
                "brief --for KOR --scenario denial.yaml --lang ja -o brief.html",
     OPTIONS(brief_options),
     .most_words = 1,
     .no_tables = true,
     .run = cli__run_brief},
    {.name = "compare",
     .arguments = "[NETWORK] SCENARIO SCENARIO",
     .summary = "put what two scenarios do side by side, with differences",
     .details =
         "The tables of the lens, row by row: X_1 and X_2 are figure X under the first "
         "and "
         "the second scenario, X_difference is the second less the first. Losses and "
         "changes that a run does not list are 0, everything else it does not list is "
         "undefined. Before each run the null test is made. To people the first figure "
         "of "
         "a table is shown; csv, json and xlsx have all of them. Neither run keeps a "
         "checkpoint.",
     .example = "compare quota.yaml ban.yaml\n"
                "compare atlas quota.yaml ban.yaml --model kaname --table losses",
     OPTIONS(compare_options),
     .least_words = 2,
     .most_words = 3,
     .run = cli__run_compare},
    {.name = "sweep",
     .arguments = "[NETWORK] SCENARIO",
     .summary = "run a scenario at draws of its numbers: quantiles, what drives them",
     .details =
         "A Latin hypercube over options of the lens and numbers of the scenario; the "
         "seed "
         "is --seed or else the scenario's. Table quantiles has 5, 25, 50, 75 and 95 % "
         "of "
         "every figure of the lens's first table (losses of cascade, economies of "
         "trade), "
         "correlations the rank correlation with each parameter; --table samples prints "
         "every draw. Interrupted, the draws done are told (exit status 130).",
     .example = "sweep ban.yaml --model kaname --over restore_days=5:60 --over "
                "search_share=0:0.5\n"
                "sweep quota.yaml --over export_quota.keep=0.2:0.6 --samples 500 "
                "--checkpoint quota.sweep",
     OPTIONS(sweep_options),
     .least_words = 1,
     .most_words = 2,
     .run = cli__run_sweep},
    {.name = "info",
     .arguments = "[NETWORK]",
     .summary = "describe a network: counts, accounts, what does not balance",
     .details = "Nothing is repaired: the largest imbalance, negative cells, producers "
                "without output and the spectral radius of A are reported.",
     .example = "info\ninfo wiod2011.kaname --producers --format csv",
     OPTIONS(info_options),
     .most_words = 1,
     .run = cli__run_info},
    {.name = "import",
     .arguments = "FORMAT [SOURCE...]",
     .summary = "read source files into a kaname file (-o FILE)",
     .details = "SOURCE may be left out for the format atlas: it is then the atlas that "
                "kaname carries, as it is when SOURCE is \"atlas\".",
     .example =
         "import wiod wiot_2011.csv.gz -o wiod2011.kaname\n"
         "import atlas --trade baci_2024.csv -o atlas2024.kaname\n"
         "import baci BACI_HS22_Y2024_V202601.csv --only 8541,8542 -o chips.kaname",
     OPTIONS(import_options),
     .least_words = 1,
     .most_words = 1000,
     .no_tables = true,
     .run = cli__run_import},
    {.name = "export",
     .arguments = "[NETWORK]",
     .summary = "write a network for other programs into a folder (-o FOLDER)",
     .details =
         "csv: economies, products, producers, flows, final, recipes, equipment, links, "
         "stocks, sources and notes; codes first, one fact a row; --labels adds names, "
         "--bom the mark for "
         "spreadsheets.\n\n"
         "pymrio: the folder that pymrio.load_all reads, value added as an extension. "
         "xlsx: network.xlsx with a sheet for each table; -o FILE.xlsx is the file "
         "itself. zip: all of it in one file.\n\n"
         "metadata.json tells sources and their grades, edition, SHA-256, command and "
         "version.",
     .example = "export atlas -o atlas-tables\n"
                "export wiod2011.kaname --to pymrio -o wiod2011\n"
                "export atlas --labels ja -o atlas.xlsx",
     OPTIONS(export_options),
     .most_words = 1,
     .no_tables = true,
     .run = cli__run_export},
    {.name = "doctor",
     .arguments = "FILE",
     .summary = "name the format of a source file and what looks wrong in it",
     .details = "FILE may be a folder or a zip. Nothing is written; the exit status is 3 "
                "when the file cannot be read.",
     .example = "doctor wiot_2011.csv.gz\ndoctor IOT_2019_ixi.zip --format csv",
     .least_words = 1,
     .most_words = 1,
     .run = cli__run_doctor},
    {.name = "scenario",
     .arguments = "check FILE [NETWORK]",
     .summary = "read a scenario and say what is wrong with it",
     .details =
         "Also said, with lines: measures that change nothing in the network, that "
         "never come into full force, and that meet on the same goods: from when "
         "to when, and which of them acts.",
     .example = "scenario check denial.yaml",
     .least_words = 2,
     .most_words = 3,
     .run = cli__run_scenario},
    {.name = "atlas",
     .arguments = "check [FOLDER]",
     .summary = "read an atlas folder and say what is wrong with it",
     .details =
         "FOLDER is data/atlas when it is left out. Looked at: supply without known "
         "makers, figures without a source, recipes that do not close, value of "
         "inputs against value of outputs, what is carved out of industries, and "
         "with --data other surveys.",
     .example = "atlas check\natlas check data/atlas --data surveys --format csv",
     OPTIONS(atlas_options),
     .least_words = 1,
     .most_words = 2,
     .run = cli__run_atlas},
    {.name = "splice",
     .arguments = "ATLAS TABLE",
     .summary = "put the chains of an atlas into an input-output table (-o FILE)",
     .details =
         "Each producer of ATLAS is carved out of its ISIC industry and economy in "
         "TABLE; no cell and no total of the table changes, value added counts once. "
         "The result has recipes where the atlas has them and CES inputs elsewhere."
         "\n\n"
         "Chains larger than their industry are scaled to 90 % of it; notes say which "
         "and how much. Economies that the table does not have become ROW; unseen "
         "supply stays with ZZU.",
     .example = "splice atlas wiod2011.kaname -o world.kaname",
     .least_words = 2,
     .most_words = 2,
     .no_tables = true,
     .run = cli__run_splice},
    {.name = "completion",
     .arguments = "bash|zsh|fish",
     .summary = "print the completion script of a shell",
     .example = "completion bash > ~/.local/share/bash-completion/completions/kaname",
     .least_words = 1,
     .most_words = 1,
     .no_tables = true,
     .run = cli__run_completion},
    {.name = "help",
     .arguments = "[COMMAND]",
     .summary = "print help",
     OPTIONS(help_options),
     .most_words = 1,
     .no_tables = true,
     .run = cli__run_help},
    {.name = "version",
     .arguments = "",
     .summary = "print the version",
     .no_tables = true,
     .run = cli__run_version},
};

enum { FIXED = sizeof commands / sizeof *commands, MOST_LENSES = 32 };

const command *cli__command_at(int32_t index)
{
    static command of_lens[MOST_LENSES];
    if (index < kn_lens_count() && index < MOST_LENSES) {
        const kn_lens *lens = kn_lens_at(index);
        of_lens[index] =
            (command){.name = lens->name,
                      .arguments = !lens->operations         ? "[NETWORK]"
                                   : lens->scenario_optional ? "[NETWORK] [SCENARIO]"
                                                             : "[NETWORK] SCENARIO",
                      .summary = lens->summary,
                      .details = lens->scenario_optional
                                     ? "A lone word that ends in .yaml or .yml, or is -, "
                                       "is the scenario; any other is the network."
                                     : NULL,
                      .options = lens->options,
                      .option_count = lens->option_count,
                      .least_words = lens->operations && !lens->scenario_optional,
                      .most_words = lens->operations ? 2 : 1,
                      .run = cli__run_lens,
                      .lens = lens};
        return &of_lens[index];
    }
    index -= kn_lens_count();
    return index >= 0 && index < FIXED ? &commands[index] : NULL;
}

const command *cli__command_find(const char *name)
{
    const command *found;
    for (int32_t k = 0; (found = cli__command_at(k)) != NULL; k++)
        if (!strcmp(found->name, name))
            return found;
    return NULL;
}
