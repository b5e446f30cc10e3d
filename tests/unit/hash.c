/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/hash.h"

#include <string.h>

#include "support.h"

static void check(const char *text, const char *expected)
{
    char hex[65];
    kn__sha256_hex(hex, text, strlen(text));
    assert_string_equal(hex, expected);
}

/* NIST, "SHA-256 examples" (FIPS 180-4). */
static void published_vectors(void **state)
{
    (void)state;
    check("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void a_million_letters(void **state)
{
    (void)state;
    kn__sha256 hash;
    char letters[1000], hex[65];
    memset(letters, 'a', sizeof letters);
    kn__sha256_init(&hash);
    for (int k = 0; k < 1000; k++)
        kn__sha256_add(&hash, letters, sizeof letters);
    kn__sha256_finish(&hash, hex);
    assert_string_equal(
        hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* Cutting the same bytes in other places gives the same digits, for every length. */
static void pieces_do_not_matter(void **state)
{
    (void)state;
    unsigned char bytes[200];
    for (size_t k = 0; k < sizeof bytes; k++)
        bytes[k] = (unsigned char)(k * 7);
    for (size_t length = 0; length <= sizeof bytes; length++) {
        kn__sha256 hash;
        char one[65], many[65];
        kn__sha256_hex(one, bytes, length);
        kn__sha256_init(&hash);
        for (size_t at = 0, step = 1; at < length; at += step, step = step % 13 + 1) {
            if (step > length - at)
                step = length - at;
            kn__sha256_add(&hash, bytes + at, step);
        }
        kn__sha256_finish(&hash, many);
        assert_string_equal(one, many);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(a_million_letters),
        cmocka_unit_test(pieces_do_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
