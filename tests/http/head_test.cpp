#include <random>
#include <string>

#include <doctest/doctest.h>

#include "server/base/encoding.hpp"
#include "server/http/chunk_decoder.hpp"
#include "server/http/head_reader.hpp"
#include "server/http/head_scanner.hpp"

namespace {

using scan_verdict = http::head_scanner::verdict;
using chunk_verdict = http::chunk_decoder::verdict;

// What a session does with the bytes of one request: 0 = taken, 1 = more needed, else the status.
unsigned judge(std::string_view bytes, http::request& asked, std::string& body) {
    http::head_scanner scanner;
    const auto seen = scanner.scan(bytes, {});
    if (seen == scan_verdict::need_more) return 1;
    if (seen == scan_verdict::refused) return scanner.status();
    http::framing how;
    const auto status = http::read_head(bytes.substr(0, scanner.size()), asked, how);
    if (status != 0) return status;
    auto rest = bytes.substr(scanner.size());
    if (!how.chunked) return rest.size() >= how.content_length ? 0 : 1;
    http::chunk_decoder chunks;
    switch (chunks.feed(rest, body, 1000)) {
        case chunk_verdict::complete:
            return 0;
        case chunk_verdict::need_more:
            return 1;
        case chunk_verdict::malformed:
            return 400;
        case chunk_verdict::too_large:
            return 413;
    }
    return 400;
}

const std::string samples[] = {
    "GET /h5/pay?ids=1%2C2&x=%E8%B4%B9 HTTP/1.1\r\nHost: pay.example\r\nAccept: text/html\r\n"
    "Cookie: __Host-campus=abc\r\nConnection: keep-alive\r\n\r\n",
    "POST /wechat/pay/notify HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde",
    "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: "
    "1\r\n\r\n",
    "GET http://a/b HTTP/1.0\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n",
};

}  // namespace

TEST_CASE("mutated requests are taken or refused, never anything else") {
    std::mt19937 dice{20261122};
    const auto below = [&dice](std::size_t bound) { return dice() % bound; };
    const std::string spice{
        "\r\n\0 \t:%/.?#\\;,=\x7f\x80\xff"
        "0Aa",
        21};
    int taken = 0;
    int refused = 0;
    for (int round = 0; round < 60'000; ++round) {
        auto bytes = samples[below(std::size(samples))];
        for (auto changes = 1 + below(3); changes > 0 && !bytes.empty(); --changes) {
            const auto at = below(bytes.size());
            switch (below(5)) {
                case 0:
                    bytes[at] = spice[below(spice.size())];
                    break;
                case 1:
                    bytes[at] = static_cast<char>(below(256));
                    break;
                case 2:
                    bytes.insert(at, 1, spice[below(spice.size())]);
                    break;
                case 3:
                    bytes.erase(at, 1 + below(4));
                    break;
                case 4:
                    bytes.insert(at, bytes.substr(at, 1 + below(20)));
                    break;
            }
        }
        http::request asked;
        std::string body;
        const auto status = judge(bytes, asked, body);
        const bool known = status <= 1 || status == 400 || status == 413 || status == 414 ||
                           status == 417 || status == 431 || status == 501 || status == 505;
        CHECK_MESSAGE(known, status);
        status == 0 ? ++taken : ++refused;
        if (status != 0) continue;
        // Whatever is let through keeps the promises that handlers build on.
        bool sound = asked.path == "*" || asked.path.front() == '/';
        sound = sound && asked.path.find("/../") == std::string::npos;
        for (const unsigned char c : asked.path)
            sound = sound && c >= 0x20 && c != '\\' && c != 0x7f;
        sound = sound && base::is_utf8(asked.path) && body.size() <= 1000;
        for (const auto& [name, value] : asked.headers) {
            sound = sound && !name.empty() && value.find_first_of("\r\n") == std::string::npos;
        }
        CHECK_MESSAGE(sound, base::to_hex(bytes));
    }
    CHECK(taken > 1000);
    CHECK(refused > 1000);
}

TEST_CASE("where the bytes are cut does not change what they mean") {
    for (const auto& sample : samples) {
        for (std::size_t cut = 0; cut < sample.find("\r\n\r\n") + 4; ++cut) {
            http::head_scanner scanner;
            CHECK(
                scanner.scan(std::string_view{sample}.substr(0, cut), {}) == scan_verdict::need_more
            );
            CHECK(scanner.scan(sample, {}) == scan_verdict::complete);
            CHECK(scanner.size() == sample.find("\r\n\r\n") + 4);
        }
    }
    const std::string chunks = "3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\nA: b\r\n\r\nNEXT";
    for (std::size_t cut = 0; cut < chunks.size() - 4; ++cut) {
        http::chunk_decoder decoder;
        std::string body;
        auto first = std::string_view{chunks}.substr(0, cut);
        auto second = std::string_view{chunks}.substr(cut);
        CHECK(decoder.feed(first, body, 100) == chunk_verdict::need_more);
        CHECK(first.empty());
        CHECK(decoder.feed(second, body, 100) == chunk_verdict::complete);
        CHECK(second == "NEXT");
        CHECK(body == "abc0123456789abcdef");
    }
}

TEST_CASE("a chunk over the limit is refused by its size, before its data") {
    for (const std::size_t limit : {0U, 2U, 3U}) {
        http::chunk_decoder decoder;
        std::string body;
        std::string_view bytes = "3\r\nabc\r\n0\r\n\r\n";
        const auto verdict = decoder.feed(bytes, body, limit);
        CHECK(verdict == (limit < 3 ? chunk_verdict::too_large : chunk_verdict::complete));
        CHECK(body.size() == (limit < 3 ? 0 : 3));
    }
}
