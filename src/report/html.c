/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "report/brief.h"

void kn__html_line(kn__text *out, const kn__brief *brief, const char *tag, kn__msg id)
{
    kn__text_addf(out, "<%s>", tag);
    kn__say(out, brief->lang, id, 0);
    kn__text_addf(out, "</%s>\n", tag);
}

void kn__html_table(kn__text *out, const kn__brief *brief, const kn__head *heads,
                    int32_t count, kn__msg caption)
{
    kn__text_add(out, "<div class=\"wide\"><table>\n");
    if (caption != KN__MSG_COUNT)
        kn__html_line(out, brief, "caption", caption);
    kn__text_add(out, "<thead><tr>");
    for (int32_t i = 0; i < count; i++) {
        kn__text_add(out, heads[i].number ? "<th scope=\"col\" class=\"n\">"
                                          : "<th scope=\"col\">");
        kn__say(out, brief->lang, heads[i].head, 0);
        if (heads[i].unit != KN__MSG_COUNT) {
            kn__text_add(out, " <span class=\"unit\">");
            kn__say(out, brief->lang, heads[i].unit, 0);
            kn__text_add(out, "</span>");
        }
        kn__text_add(out, "</th>");
    }
    kn__text_add(out, "</tr></thead>\n<tbody>\n");
}

void kn__html_table_end(kn__text *out)
{
    kn__text_add(out, "</tbody></table></div>\n");
}

void kn__html_row(kn__text *out)
{
    kn__text_add(out, "<tr>");
}

void kn__html_row_end(kn__text *out)
{
    kn__text_add(out, "</tr>\n");
}

void kn__html_text(kn__text *out, const char *cell)
{
    kn__text_add(out, "<td>");
    kn__write_html(out, cell);
    kn__text_add(out, "</td>");
}

void kn__html_row_head(kn__text *out, const char *cell)
{
    kn__text_add(out, "<th scope=\"row\">");
    kn__write_html(out, cell);
    kn__text_add(out, "</th>");
}

void kn__html_number(kn__text *out, double value, int decimals)
{
    char buffer[64];
    kn__write_fixed(buffer, value, decimals);
    kn__text_addf(out, "<td class=\"n\">%s</td>", buffer);
}

void kn__html_percent(kn__text *out, double share)
{
    double percent = 100 * share;
    int decimals = 1;
    if (isfinite(percent) && percent != 0 && fabs(percent) < 1)
        decimals = kn__decimals_for(percent, 2);
    kn__html_number(out, percent, decimals > 4 ? 4 : decimals);
}

/* What follows "path:" where a message begins with it, else NULL. */
static const char *after_path(const char *message, const kn_scenario *scenario)
{
    size_t length = scenario ? strlen(scenario->path) : 0;
    bool begins = length && !strncmp(message, scenario->path, length);
    return begins && message[length] == ':' ? message + length + 1 : NULL;
}

void kn__brief_refusal(kn__text *out, const kn__brief *brief, kn__msg what,
                       const char *reason)
{
    const char *line = after_path(reason, brief->scenario);
    line = line ? line : after_path(reason, brief->other);
    reason = line ? line : reason;
    /* What follows is advice for the command line. */
    const char *clause =
        kn__arena_textn(brief->arena, brief->ctx, reason, strcspn(reason, ";"));
    if (!clause) {
        out->status = KN_ERR_MEMORY;
        return;
    }
    kn__text_add(out, "<p>");
    kn__say(out, brief->lang, what, 0);
    kn__text_add(out, brief->lang == KN_LANG_JA ? "" : " ");
    kn__say(out, brief->lang, line ? KN__MSG_REASON_LINE : KN__MSG_REASON, 1, clause);
    kn__text_add(out, "</p>\n");
}

/* ---- The page ---- */

static const char style[] =
    ":root{--ink:#1b1b1b;--soft:#595959;--rule:#d4d4d4;--faint:#f4f3f0;--accent:#a63a1e}"
    "*{box-sizing:border-box}"
    "html{-webkit-text-size-adjust:100%}"
    "body{margin:0;background:#fff;color:var(--ink);font:16px/1.65 -apple-system,"
    "\"Segoe UI\",Roboto,\"Noto Sans\",\"Helvetica Neue\",Arial,"
    "\"Noto Sans CJK JP\",sans-serif;line-break:strict}"
    "body:lang(ja){font-family:\"Hiragino Sans\",\"Yu Gothic UI\",\"Yu Gothic\","
    "\"Noto Sans CJK JP\",\"Noto Sans JP\",sans-serif}"
    "body:lang(ko){font-family:\"Apple SD Gothic Neo\",\"Malgun Gothic\","
    "\"Noto Sans CJK KR\",\"Noto Sans KR\",sans-serif;word-break:keep-all}"
    "main{max-width:52rem;margin:0 auto;padding:2.2rem 1.25rem 3rem}"
    "h1{font-size:1.75rem;line-height:1.3;margin:.2rem 0 1rem;font-weight:650;"
    "text-wrap:balance}"
    "h1,h2,h3,caption,th,.what{word-break:auto-phrase}"
    "h2{font-size:1.2rem;line-height:1.35;margin:2.6rem 0 .5rem;padding-top:.7rem;"
    "border-top:1px solid var(--ink);font-weight:650}"
    "h3{font-size:1rem;margin:1.5rem 0 .3rem;font-weight:650}"
    "p{margin:.4rem 0 .8rem}"
    ".kicker{color:var(--accent);font-weight:600;font-size:.875rem;margin:0}"
    "dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;"
    "margin:0 0 1.5rem;font-size:.875rem}"
    "dl.facts dt{color:var(--soft)}dl.facts dd{margin:0;min-width:0;"
    "overflow-wrap:anywhere}"
    ".tiles{display:grid;grid-template-columns:repeat(3,1fr);gap:1px;"
    "background:var(--rule);border:1px solid var(--rule);margin:1rem 0}"
    ".tile{background:#fff;padding:.8rem 1rem .9rem;display:flex;flex-direction:column}"
    ".tile "
    ".what{font-size:.8125rem;line-height:1.45;color:var(--soft);margin:0;min-height:2."
    "9em}"
    ".tile .big{font-size:1.6rem;line-height:1.25;font-weight:650;margin:.35rem 0 .1rem;"
    "color:var(--accent);font-variant-numeric:tabular-nums}"
    ".tile .sub{font-size:.8125rem;line-height:1.45;margin:0}"
    "ol.say{padding-left:1.4rem;margin:1rem 0}ol.say li{margin:.45rem 0}"
    "figure{margin:1rem 0}figcaption,.note{font-size:.8125rem;color:var(--soft);"
    "line-height:1.5}"
    "svg{display:block;width:100%;font-family:inherit;overflow:visible}"
    "svg text{fill:var(--ink)}"
    "table{border-collapse:collapse;width:100%;font-size:.8125rem;line-height:1.45;"
    "font-variant-numeric:tabular-nums}"
    "caption{text-align:left;color:var(--soft);padding:.2rem 0 .3rem}"
    "th,td{padding:.28rem .5rem;text-align:left;vertical-align:top;"
    "border-bottom:1px solid var(--rule)}"
    "th:first-child,td:first-child{padding-left:0}"
    "th:last-child,td:last-child{padding-right:0}"
    "thead th{vertical-align:bottom;border-bottom-color:var(--ink);font-weight:600;"
    "line-height:1.3}"
    "thead th:lang(ja){word-break:keep-all;word-break:auto-phrase}"
    "tbody th{font-weight:400}tbody "
    "th,td:not(.n){min-width:6em}th+td:not(.n){min-width:8em}"
    ".n{text-align:right;white-space:nowrap}thead .n{white-space:normal}"
    ".unit{color:var(--soft);font-weight:400}thead .unit{display:block}"
    ".wide{overflow-x:auto;margin:.4rem 0 1rem}"
    "code{font:.8125rem/1.5 ui-monospace,\"SF Mono\",Menlo,Consolas,monospace;"
    "overflow-wrap:anywhere}"
    "pre{background:var(--faint);padding:.7rem .9rem;white-space:pre-wrap;margin:.5rem 0}"
    "a{color:inherit;text-decoration-color:var(--rule);overflow-wrap:anywhere}"
    "ul.plain{padding-left:1.2rem;margin:.4rem 0}ul.plain li{margin:.25rem 0}"
    ".narrow{display:none}"
    "@media (max-width:600px){main{padding:1.2rem 1rem 2rem}h1{font-size:1.4rem}"
    ".tiles{grid-template-columns:1fr}.tile "
    ".what{min-height:0}.broad{display:none}.narrow{display:block}"
    "dl.facts{grid-template-columns:1fr;gap:0}dl.facts dd{margin-bottom:.4rem}"
    ".map text{font-size:30px}"
    ".wide table{width:max-content;min-width:100%}.wide td,.wide th{max-width:11rem}}"
    "@page{size:A4;margin:16mm 15mm 18mm}"
    "@media "
    "print{html{font-size:13px}body{font-size:10pt;line-height:1.5}main{max-width:none;"
    "padding:0}"
    "h1{font-size:17pt}h2{font-size:12.5pt;margin-top:1.5rem}"
    "h2,h3,caption,thead,h2+p,h3+p{break-after:avoid}"
    "tbody tr:nth-child(-n+2){break-before:avoid}figure,tr,.tiles,li{break-inside:avoid}"
    "thead{display:table-header-group}.wide{overflow:visible}"
    "table{font-size:8pt}th,td{padding:.2rem .35rem}"
    "svg.rank{zoom:.8}p{orphans:3;widows:3}a{text-decoration:none}"
    "*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}";

static void open_page(kn__text *out, const kn__brief *brief)
{
    kn__text_addf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n",
                  kn__lang_tag(brief->lang));
    kn__text_add(out, "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                      "content=\"width=device-width,initial-scale=1\">\n<title>");
    kn__say(out, brief->lang, KN__MSG_TITLE, 1, brief->name);
    kn__text_add(out, "</title>\n<style>");
    kn__text_add(out, style);
    kn__text_add(out, "</style>\n</head>\n<body>\n<main>\n");
}

kn_status kn__brief_page(kn__text *out, const kn__brief *brief)
{
    open_page(out, brief);
    kn__brief_head(out, brief);
    kn__brief_ranking(out, brief);
    KN__TRY(kn__brief_chain(out, brief));
    KN__TRY(kn__brief_map(out, brief));
    kn__brief_scenario(out, brief);
    KN__TRY(kn__brief_daily(out, brief));
    KN__TRY(kn__brief_trade(out, brief));
    KN__TRY(kn__brief_sides(out, brief));
    kn__brief_sensitivity(out, brief);
    kn__brief_drivers(out, brief);
    kn__brief_assumptions(out, brief);
    KN__TRY(kn__brief_sources(out, brief));
    kn__brief_checks(out, brief);
    kn__brief_reproduce(out, brief);
    kn__text_add(out, "</main>\n</body>\n</html>\n");
    return kn__text_status(out);
}
