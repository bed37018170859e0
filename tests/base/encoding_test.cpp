#include "server/base/encoding.hpp"

#include <array>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "server/base/error.hpp"

using namespace std::string_view_literals;

namespace {

std::string bytes(std::string_view hex) {
    return base::from_hex(hex).value();
}

std::string all_256() {
    std::string out;
    for (int i = 0; i < 256; ++i) out += static_cast<char>(i);
    return out;
}

// Random byte strings of every small size.
std::vector<std::string> samples() {
    std::mt19937 draw{1};
    std::vector<std::string> out;
    for (std::size_t size = 0; size < 200; ++size) {
        std::string one(size, '\0');
        for (auto& c : one) c = static_cast<char>(draw() & 255U);
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace

TEST_CASE("hex: RFC 4648 vectors, both cases read, lower case written") {
    CHECK(base::to_hex("") == "");
    CHECK(base::to_hex("foobar") == "666f6f626172");
    CHECK(base::from_hex("666F6F626172") == "foobar");
    CHECK(base::to_hex("\x00\xff\x7f"sv) == "00ff7f");
    for (const char* text : {"0", "123", "0g", "0x10", " 00", "00 ", "é"}) {
        CAPTURE(std::string{text});
        CHECK_FALSE(base::from_hex(text));
    }
    for (const auto& one : samples()) CHECK(base::from_hex(base::to_hex(one)) == one);
}

TEST_CASE("base64: RFC 4648 vectors") {
    struct row {
        const char* plain;
        const char* written;
    };
    for (const auto& [plain, written] : {
             row{"", ""},
             row{"f", "Zg=="},
             row{"fo", "Zm8="},
             row{"foo", "Zm9v"},
             row{"foob", "Zm9vYg=="},
             row{"fooba", "Zm9vYmE="},
             row{"foobar", "Zm9vYmFy"},
         }) {
        CAPTURE(std::string{plain});
        CHECK(base::to_base64(plain) == written);
        CHECK(base::from_base64(written) == plain);
    }
    CHECK(base::to_base64("\xfb\xff\xfe"sv) == "+//+");
    CHECK(base::to_base64url("\xfb\xff\xfe"sv) == "-__-");
    CHECK(base::to_base64url("f") == "Zg");
    CHECK(base::to_base64url("") == "");
    for (const auto& one : samples()) CHECK(base::from_base64(base::to_base64(one)) == one);
}

TEST_CASE("base64 is read strictly") {
    for (const char* text :
         {"Z",
          "Zg",
          "Zg=",
          "Z===",
          "====",
          "=",
          "Zg==Zg==",
          "Zm=v",
          "Zm9v\n",
          "Zm9v ",
          " Zm9v",
          "Zm9-Zm9v",
          "Zm9_AAAA",
          "Zm 9v",
          "Zm9v====",
          "Zg==="}) {
        CAPTURE(std::string{text});
        CHECK_FALSE(base::from_base64(text));
    }
}

TEST_CASE("base64 takes an EncodingAESKey whose last character carries unused bits") {
    // WeChat draws all 43 characters freely, so two of the last one's bits mean nothing.
    const std::string key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEF";
    const auto canonical = base::from_base64(key + "A=");
    const auto twin = base::from_base64(key + "B=");
    REQUIRE(canonical);
    CHECK(canonical->size() == 32);
    CHECK(canonical == twin);
}

TEST_CASE("sha1 and sha256: FIPS 180 vectors") {
    const std::string two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    CHECK(base::to_hex(base::sha1("")) == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    CHECK(base::to_hex(base::sha1("abc")) == "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(base::to_hex(base::sha1(two_blocks)) == "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    CHECK(
        base::to_hex(base::sha256("")) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    CHECK(
        base::to_hex(base::sha256("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    CHECK(
        base::to_hex(base::sha256(two_blocks)) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    );
    CHECK(
        base::to_hex(base::sha256(std::string(1'000'000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    );
}

TEST_CASE("hmac_sha256: RFC 4231 vectors") {
    struct row {
        std::string key;
        std::string data;
        const char* expected;
    };
    const std::vector<row> rows{
        {std::string(20, '\x0b'),
         "Hi There",
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"Jefe",
         "what do ya want for nothing?",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {std::string(20, '\xaa'),
         std::string(50, '\xdd'),
         "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {bytes("0102030405060708090a0b0c0d0e0f10111213141516171819"),
         std::string(50, '\xcd'),
         "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {std::string(131, '\xaa'),
         "Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {std::string(131, '\xaa'),
         "This is a test using a larger than block-size key and a larger than block-size data. "
         "The key needs to be hashed before being used by the HMAC algorithm.",
         "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string{row.expected});
        CHECK(base::to_hex(base::hmac_sha256(row.key, row.data)) == row.expected);
    }
    CHECK(
        base::to_hex(base::hmac_sha256("", "")) ==
        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
    );
}

TEST_CASE("derive_key: RFC 5869 case 3, and a purpose") {
    CHECK(
        base::to_hex(base::derive_key(std::string(22, '\x0b'), "", 42)) ==
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    );
    // Computed independently (Python's hmac): HKDF-SHA256, empty salt, info "sealing".
    const auto master = bytes("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    CHECK(
        base::to_hex(base::derive_key(master, "sealing")) ==
        "d48428b27c37cf126ce5da079b3c811a4d96a859101fd1dfe17087bf7fad97cc"
    );
    CHECK(base::derive_key(master, "sealing") != base::derive_key(master, "lookup"));
    CHECK(base::derive_key(master, "x", 16) == base::derive_key(master, "x").substr(0, 16));
}

TEST_CASE("constant-time comparison compares everything") {
    CHECK(base::equal_in_constant_time("", ""));
    CHECK(base::equal_in_constant_time("abc", "abc"));
    CHECK_FALSE(base::equal_in_constant_time("abc", "abd"));
    CHECK_FALSE(base::equal_in_constant_time("abc", "xbc"));
    CHECK_FALSE(base::equal_in_constant_time("abc", "ab"));
    CHECK_FALSE(base::equal_in_constant_time("ab", "abc"));
    CHECK_FALSE(base::equal_in_constant_time("a\0b"sv, "a\0c"sv));
}

TEST_CASE("random: right sizes, never the same, every value under the bound") {
    CHECK(base::random_bytes(0).empty());
    CHECK(base::random_bytes(33).size() == 33);
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const auto token = base::random_token();
        CHECK(token.size() == 32);
        CHECK(base::from_hex(token));
        CHECK(seen.insert(token).second);
    }
    std::array<int, 7> hits{};
    for (int i = 0; i < 7000; ++i) ++hits.at(base::random_below(7));
    // Expected 1,000 each with a deviation of 29: 700 is ten deviations away.
    for (const int count : hits) CHECK(count > 700);
    CHECK(base::random_below(1) == 0);
    CHECK_THROWS_AS(base::random_below(0), base::error);
}

TEST_CASE("what is sealed is opened with the same key and the same binding") {
    const auto key = base::sha256("k");
    for (const auto& plain : samples()) {
        const auto sealed = base::seal(key, plain, "people.7.id_number");
        CHECK(sealed.size() == plain.size() + 28);
        CHECK(base::open_sealed(key, sealed, "people.7.id_number") == plain);
    }
    const auto unbound = base::seal(key, "x", "");
    CHECK(base::open_sealed(key, unbound, "") == "x");
    CHECK_FALSE(base::open_sealed(key, unbound, "y"));
    CHECK(base::open_sealed(key, base::seal(key, "", ""), "") == "");
}

TEST_CASE("the same text is never sealed to the same bytes") {
    const auto key = base::sha256("k");
    std::set<std::string> nonces;
    for (int i = 0; i < 200; ++i) {
        const auto sealed = base::seal(key, "220104200503151230", "row");
        CHECK(nonces.insert(sealed.substr(0, 12)).second);
        CHECK(sealed.find("220104") == std::string::npos);
    }
}

TEST_CASE("a sealed value moved to another row, changed or cut does not open") {
    const auto key = base::sha256("k");
    const auto sealed = base::seal(key, "6222020000000000000", "people.7.bank_card");
    CHECK_FALSE(base::open_sealed(key, sealed, "people.8.bank_card"));
    CHECK_FALSE(base::open_sealed(base::sha256("other"), sealed, "people.7.bank_card"));
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        for (const unsigned bit : {0U, 7U}) {
            auto changed = sealed;
            changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ (1U << bit));
            CAPTURE(at);
            CHECK_FALSE(base::open_sealed(key, changed, "people.7.bank_card"));
        }
        CHECK_FALSE(base::open_sealed(key, sealed.substr(0, at), "people.7.bank_card"));
    }
    CHECK_FALSE(base::open_sealed(key, sealed + "x", "people.7.bank_card"));
}

TEST_CASE("only 32-byte keys seal") {
    CHECK_THROWS_AS(base::seal("short", "x", ""), base::error);
    CHECK_FALSE(base::open_sealed("short", base::seal(base::sha256("k"), "x", ""), ""));
}

TEST_CASE("percent encoding keeps RFC 3986's unreserved and nothing else") {
    CHECK(base::percent_encode("AZaz09-._~") == "AZaz09-._~");
    CHECK(base::percent_encode(" +%/?&=#:") == "%20%2B%25%2F%3F%26%3D%23%3A");
    CHECK(base::percent_encode("缴费") == "%E7%BC%B4%E8%B4%B9");
    CHECK(base::percent_encode("\0\xff"sv) == "%00%FF");
    const auto everything = all_256();
    CHECK(base::percent_decode(base::percent_encode(everything)) == everything);
    for (const auto& one : samples()) {
        CHECK(base::percent_decode(base::percent_encode(one)) == one);
    }
}

TEST_CASE("percent decoding: both cases, plus only where asked, broken escapes refused") {
    CHECK(base::percent_decode("%e7%BC%b4") == "缴");
    CHECK(base::percent_decode("a+b") == "a+b");
    CHECK(base::percent_decode("a+b", true) == "a b");
    CHECK(base::percent_decode("a%2Bb", true) == "a+b");
    CHECK(base::percent_decode("%41") == "A");
    CHECK(base::percent_decode("%00") == "\0"sv);
    for (const char* text : {"%", "%4", "abc%", "%4g", "%g4", "%%41", "% 41", "%+1"}) {
        CAPTURE(std::string{text});
        CHECK_FALSE(base::percent_decode(text));
    }
}

TEST_CASE("UTF-8 is judged by the table of well-formed sequences") {
    for (const auto text :
         {""sv,
          "plain"sv,
          "\0"sv,
          "\x7f"sv,
          "\xc2\x80"sv,
          "\xdf\xbf"sv,
          "\xe0\xa0\x80"sv,
          "\xed\x9f\xbf"sv,
          "\xee\x80\x80"sv,
          "\xef\xbf\xbf"sv,
          "\xf0\x90\x80\x80"sv,
          "\xf4\x8f\xbf\xbf"sv,
          "校园统一支付平台"sv,
          "𠮷野家"sv}) {
        CAPTURE(base::to_hex(text));
        CHECK(base::is_utf8(text));
    }
    for (const auto text :
         {"\x80"sv,
          "\xbf"sv,
          "\xc0\x80"sv,  // overlong forms
          "\xc1\xbf"sv,
          "\xe0\x9f\xbf"sv,
          "\xf0\x8f\xbf\xbf"sv,
          "\xed\xa0\x80"sv,  // surrogates
          "\xed\xbf\xbf"sv,
          "\xf4\x90\x80\x80"sv,  // above U+10FFFF
          "\xf5\x80\x80\x80"sv,
          "\xff"sv,
          "\xfe"sv,
          "\xc2"sv,  // cut short
          "\xe7\xbc"sv,
          "\xf0\x9f\x98"sv,
          "\xe7\xbc\x41"sv,
          "\xc2\xc2\x80"sv,
          "ok\x80"sv,
          "\xbd\xc9\xb7\xd1"sv}) {  // 缴费 in GBK
        CAPTURE(base::to_hex(text));
        CHECK_FALSE(base::is_utf8(text));
    }
}

TEST_CASE("code points are counted, not bytes") {
    CHECK(base::count_code_points("") == 0);
    CHECK(base::count_code_points("abc") == 3);
    CHECK(base::count_code_points("学费 2026") == 7);
    CHECK(base::count_code_points("𠮷") == 1);
}
