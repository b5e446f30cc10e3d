# SPDX-License-Identifier: Apache-2.0
# Library, headers, pkg-config file, command, man pages, completions.
set(pc ${CMAKE_BINARY_DIR}/kaname.pc)
# The file finds its prefix from where it lies: cmake --install may choose another one.
file(RELATIVE_PATH KANAME_UP /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/kaname.pc.in ${pc} @ONLY)

install(TARGETS kaname ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET kaname_shared)
    install(TARGETS kaname_shared LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING
    PATTERN *.h)
install(FILES ${pc} DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

# The command writes its own manual pages and completions from its declarations.
if(TARGET kaname_cli)
    install(TARGETS kaname_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    set(made ${CMAKE_BINARY_DIR}/install)
    install(CODE "execute_process(COMMAND \"$<TARGET_FILE:kaname_cli>\" help
        --write-install \"${made}\" COMMAND_ERROR_IS_FATAL ANY)")
    install(DIRECTORY ${made}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
    install(FILES ${made}/kaname.bash RENAME kaname
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
    install(FILES ${made}/_kaname
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
    install(FILES ${made}/kaname.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()
