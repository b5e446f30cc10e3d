# SPDX-License-Identifier: Apache-2.0
# Names a build by its sources, its compiler and the flags, at build time:
#   cmake -DSOURCES=FOLDER -DTOOLS=TEXT -DOUTPUT=FILE.c -P cmake/build_id.cmake
# gives `const char kn__build_id[]`, 16 hex digits.
file(GLOB_RECURSE files RELATIVE ${SOURCES} ${SOURCES}/*.[ch])
list(SORT files)
set(all "${TOOLS}")
foreach(name IN LISTS files)
    file(SHA256 ${SOURCES}/${name} hash)
    string(APPEND all "\n${name} ${hash}")
endforeach()
string(SHA256 id "${all}")
string(SUBSTRING ${id} 0 16 id)
file(WRITE ${OUTPUT} "extern const char kn__build_id[];
const char kn__build_id[] = \"${id}\";
")
