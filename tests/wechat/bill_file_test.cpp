#include "wechat/pay/bill_file.hpp"

#include <doctest/doctest.h>

#include "tests/wechat/bill_bytes.hpp"
#include "tests/wechat/vectors.hpp"

using namespace wechat::pay;
using bill_bytes::gzip;
using bill_bytes::sha1_hex;
using vectors::at;

namespace {

std::string text_of(const bill_file& file) {
    std::string out;
    bill_pieces pieces{file.raw(), bill_file::unpacked_max};
    for (auto piece = pieces.next(); !piece.empty(); piece = pieces.next()) out += piece;
    CHECK(pieces.fault() == bill_fault::none);
    return out;
}

bill_fault fault_of(std::string raw, const std::string& hash, std::size_t limit = 1 << 20) {
    const auto made = bill_file::open(std::move(raw), hash, limit);
    CHECK(made.file.has_value() == !made.why);
    CHECK(made.why.line == 0);
    return made.why.what;
}

// Does not pack well.
std::string noise(std::size_t size) {
    std::string out;
    std::uint32_t state = 1;
    while (out.size() < size) {
        state = state * 1664525 + 1013904223;
        out += static_cast<char>(state >> 24U);
    }
    return out;
}

}  // namespace

TEST_CASE("bills.json: the hash is over the unpacked bytes, packed or not") {
    const auto file = vectors::json("wechat-pay/bills.json");
    REQUIRE(file["bills"].Size() == 7);
    for (const auto& one : file["bills"].GetArray()) {
        CAPTURE(at(one, "file"));
        const auto plain = vectors::text("wechat-pay/" + at(one, "file"));
        const auto packed = vectors::text("wechat-pay/" + at(one, "gzip"));
        const auto hash = at(one, "hash_value");
        for (const auto& raw : {plain, packed}) {
            const auto made = bill_file::open(raw, hash);
            REQUIRE(made.file);
            CHECK(made.file->raw() == raw);
            CHECK(made.file->unpacked_size() == one["bytes"].GetUint64());
            CHECK(text_of(*made.file) == plain);
        }
        CHECK(
            fault_of(packed, at(one, "sha1_of_gzip_file_not_the_hash_value")) ==
            bill_fault::hash_differs
        );
    }
}

TEST_CASE("a file that is not the one WeChat spoke of is no file") {
    const std::string text = "交易时间,公众账号ID\r\n";
    const auto hash = sha1_hex(text);
    CHECK(fault_of(text, hash) == bill_fault::none);
    CHECK(fault_of(gzip(text), hash) == bill_fault::none);
    CHECK(fault_of(text + " ", hash) == bill_fault::hash_differs);
    CHECK(fault_of(text.substr(1), hash) == bill_fault::hash_differs);
    CHECK(fault_of(gzip(text + " "), hash) == bill_fault::hash_differs);
    CHECK(fault_of(gzip(gzip(text)), hash) == bill_fault::hash_differs);
    CHECK(fault_of(text, "") == bill_fault::hash_differs);
    CHECK(fault_of(text, base::sha1(text)) == bill_fault::hash_differs);
    CHECK(fault_of("<html>502</html>", hash) == bill_fault::hash_differs);
    CHECK(fault_of("", hash) == bill_fault::hash_differs);
    CHECK(fault_of("", sha1_hex("")) == bill_fault::none);
}

TEST_CASE("a gzip cut short anywhere is unfinished or damaged, never fine") {
    const auto text = noise(3000);
    const auto whole = gzip(text);
    for (std::size_t size = 2; size < whole.size(); ++size) {
        CAPTURE(size);
        CHECK(fault_of(whole.substr(0, size), sha1_hex(text)) == bill_fault::gzip_unfinished);
    }
    // Too short to be known as one.
    CHECK(fault_of(whole.substr(0, 1), sha1_hex(text)) == bill_fault::hash_differs);
}

TEST_CASE("a gzip with one wrong byte is not fine, or says the same") {
    const auto text = noise(300);
    const auto whole = gzip(text);
    int harmless = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        CAPTURE(at);
        auto broken = whole;
        broken[at] = static_cast<char>(broken[at] ^ 0x10);
        const auto made = bill_file::open(std::move(broken), sha1_hex(text));
        if (!made.file) continue;
        ++harmless;
        CHECK(text_of(*made.file) == text);
    }
    // The time, the flags of speed and system, and some bits of padding.
    CHECK(harmless <= 8);
    auto crc = whole;
    crc[crc.size() - 8] = static_cast<char>(crc[crc.size() - 8] ^ 1);
    CHECK(fault_of(crc, sha1_hex(text)) == bill_fault::gzip_damaged);
    auto length = whole;
    length.back() = static_cast<char>(length.back() ^ 1);
    CHECK(fault_of(length, sha1_hex(text)) == bill_fault::gzip_damaged);
}

TEST_CASE("nothing may follow a gzip") {
    const std::string text = "a";
    CHECK(fault_of(gzip(text) + "x", sha1_hex(text)) == bill_fault::gzip_followed);
    CHECK(fault_of(gzip(text) + gzip(text), sha1_hex("aa")) == bill_fault::gzip_followed);
    CHECK(fault_of(gzip("") + "x", sha1_hex("")) == bill_fault::gzip_followed);
    CHECK(fault_of(gzip(""), sha1_hex("")) == bill_fault::none);
}

TEST_CASE("a bomb ends at the limit") {
    const std::string text(200'000, 'a');
    const auto bomb = gzip(text);
    CHECK(bomb.size() < 1000);
    CHECK(fault_of(bomb, sha1_hex(text), 200'000) == bill_fault::none);
    CHECK(fault_of(bomb, sha1_hex(text), 199'999) == bill_fault::too_big);
    CHECK(fault_of(bomb, sha1_hex(text), 1) == bill_fault::too_big);
    CHECK(fault_of(text, sha1_hex(text), 200'000) == bill_fault::none);
    CHECK(fault_of(text, sha1_hex(text), 199'999) == bill_fault::too_big);
}

TEST_CASE("pieces are small however big the file") {
    for (const auto& raw :
         {gzip(noise(100'000)), noise(100'000), gzip(std::string(500'000, 'a'))}) {
        bill_pieces pieces{raw, 1 << 20};
        std::size_t longest = 0;
        for (auto piece = pieces.next(); !piece.empty(); piece = pieces.next()) {
            longest = std::max(longest, piece.size());
        }
        CHECK(longest <= 32 * 1024);
        CHECK(pieces.fault() == bill_fault::none);
        CHECK(pieces.next().empty());
    }
}

TEST_CASE("every refusal has its own words") {
    std::string all;
    for (auto what = bill_fault::none; what <= bill_fault::totals_differ;
         what = static_cast<bill_fault>(static_cast<int>(what) + 1)) {
        const auto name = std::string{name_of(what)} + ";";
        CHECK(name.size() > 3);
        CHECK(all.find(";" + name) == std::string::npos);
        all += name;
    }
    bill_refusal why;
    CHECK_FALSE(why);
    why.what = bill_fault::gzip_damaged;
    CHECK(why);
    CHECK(to_text(why) == "gzip_damaged");
    why.what = bill_fault::bad_amount;
    why.line = 7;
    why.column = "订单金额";
    CHECK(to_text(why) == "line 7: bad_amount in 订单金额");
}
