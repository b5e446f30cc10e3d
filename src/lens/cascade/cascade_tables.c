/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/cascade_tables.h"

static const kn_column loss_columns[] = {
    {"economy", "", KN_COLUMN_TEXT, "who loses"},
    {"loss_musd", "MUSD", KN_COLUMN_NUMBER, "value added lost up to the horizon"},
    {"loss_share", "share", KN_COLUMN_NUMBER, "of the value added of that time"},
    {"peak_day", "days", KN_COLUMN_NUMBER, "end of the slice with the largest loss"},
    {"peak_loss_share", "share", KN_COLUMN_NUMBER, "of value added, in that slice"},
    {"loss_low", "MUSD", KN_COLUMN_NUMBER, "loss, everything uncertain at its best"},
    {"loss_high", "MUSD", KN_COLUMN_NUMBER, "loss, everything uncertain at its worst"},
};
static const kn_column path_columns[] = {
    {"day", "days", KN_COLUMN_INTEGER, "end of the slice"},
    {"economy", "", KN_COLUMN_TEXT, "where"},
    {"product", "", KN_COLUMN_TEXT, "whose making falls"},
    {"output_share", "share", KN_COLUMN_NUMBER, "of normal output"},
    {"loss_musd", "MUSD", KN_COLUMN_NUMBER, "value added lost in this slice"},
};
static const kn_column course_columns[] = {
    {"day", "days", KN_COLUMN_INTEGER, "end of the slice"},
    {"economy", "", KN_COLUMN_TEXT, "who loses"},
    {"loss_musd", "MUSD", KN_COLUMN_NUMBER, "value added lost up to this day"},
    {"loss_low", "MUSD", KN_COLUMN_NUMBER, "the same, everything uncertain at its best"},
    {"loss_high", "MUSD", KN_COLUMN_NUMBER,
     "the same, everything uncertain at its worst"},
};
static const kn_column first_columns[] = {
    {"economy", "", KN_COLUMN_TEXT, "where"},
    {"product", "", KN_COLUMN_TEXT, "whose making falls"},
    {"day", "days", KN_COLUMN_NUMBER, "on which it first falls"},
    {"cause", "", KN_COLUMN_TEXT, "the input that ran out, or capacity, or demand"},
    {"row", "", KN_COLUMN_INTEGER, "number of this row"},
    {"depth", "", KN_COLUMN_INTEGER, "in the tree of causes; 0: what a measure hit"},
    {"parent", "", KN_COLUMN_INTEGER, "row of the supplier or buyer that fell before"},
};
static const kn_column recapture_columns[] = {
    {"economy", "", KN_COLUMN_TEXT, "who makes up for it"},
    {"recaptured_musd", "MUSD", KN_COLUMN_NUMBER, "value added made later above normal"},
    {"net_musd", "MUSD", KN_COLUMN_NUMBER, "loss less what is made up"},
};
static const kn_column leak_columns[] = {
    {"product", "", KN_COLUMN_TEXT, "what gets round a ban"},
    {"from", "", KN_COLUMN_TEXT, "who makes it"},
    {"through", "", KN_COLUMN_TEXT, "the third country that buys it and passes it on"},
    {"to", "", KN_COLUMN_TEXT, "who uses it"},
    {"amount_musd", "MUSD", KN_COLUMN_NUMBER, "value of goods up to the horizon"},
};
static const kn_column fleet_columns[] = {
    {"economy", "", KN_COLUMN_TEXT, "where"},
    {"product", "", KN_COLUMN_TEXT, "what is made"},
    {"tool", "", KN_COLUMN_TEXT, "the equipment it is made with"},
    {"uptime", "share", KN_COLUMN_NUMBER, "of normal, with what parts and service came"},
    {"installed", "share", KN_COLUMN_NUMBER, "of the normal fleet, on the last day"},
    {"expansion_lost", "share", KN_COLUMN_NUMBER, "of capacity that would have grown"},
};

#define COLUMNS(x) x, sizeof x / sizeof *x
static const kn_table_decl loss_table = {"losses", "value added lost by economy",
                                         COLUMNS(loss_columns)};
static const kn_table_decl path_table = {"path", "output over time",
                                         COLUMNS(path_columns)};
static const kn_table_decl course_table = {"course", "losses over time, with interval",
                                           COLUMNS(course_columns)};
static const kn_table_decl first_table = {"first_out", "what ran out first",
                                          COLUMNS(first_columns)};
static const kn_table_decl recapture_table = {
    "recapture", "output made up later (daily models)", COLUMNS(recapture_columns)};
static const kn_table_decl leak_table = {"leaks", "what went round a ban (daily models)",
                                         COLUMNS(leak_columns)};
static const kn_table_decl fleet_table = {
    "fleets", "equipment that aged or stood still (model kaname)",
    COLUMNS(fleet_columns)};

const kn__cascade_tables kn__cascade_made = {.losses = &loss_table,
                                             .path = &path_table,
                                             .course = &course_table,
                                             .first_out = &first_table,
                                             .recapture = &recapture_table,
                                             .leaks = &leak_table,
                                             .fleets = &fleet_table};

const kn_table_decl *const kn__cascade_list[KN__CASCADE_TABLES] = {
    &loss_table,      &path_table, &course_table, &first_table,
    &recapture_table, &leak_table, &fleet_table};
