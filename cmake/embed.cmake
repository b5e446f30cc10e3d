# SPDX-License-Identifier: Apache-2.0
# Turns a file into a C array at build time:
#   cmake -DINPUT=FILE -DOUTPUT=FILE.c -DSYMBOL=name -P cmake/embed.cmake
# gives `const unsigned char name[]` (with a 0 byte behind the last) and
# `const unsigned long name_size` (without it).
file(READ ${INPUT} bytes HEX)
string(LENGTH "${bytes}" length)
math(EXPR size "${length} / 2")
string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE ${OUTPUT} "extern const unsigned char ${SYMBOL}[];
extern const unsigned long ${SYMBOL}_size;
const unsigned char ${SYMBOL}[] = {
${bytes}
0};
const unsigned long ${SYMBOL}_size = ${size};
")
