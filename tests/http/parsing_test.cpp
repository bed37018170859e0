#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "test_site.hpp"
#include "wire_client.hpp"

// Raw bytes → status. Each row is one connection; the body of the answer is checked where the
// parse could have gone two ways.
namespace {

using tests::body_of;
using tests::status_of;
using tests::wire_client;

const std::string host = "Host: a\r\n";
const std::string get_hello = "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

struct row {
    std::string name;
    std::string bytes;
    int status;
    std::string body = "";  // "" = do not care
};

std::string post(const std::string& headers, const std::string& body) {
    return "POST /echo HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n" + body;
}
std::string get(const std::string& target) {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
}
std::string with_header(const std::string& line) {
    return "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + line + "\r\n\r\n";
}

std::vector<row> rows() {
    using std::string;
    const string chunked = "Transfer-Encoding: chunked\r\nConnection: close\r\n";
    return {
        {"plain", get_hello, 200, "hello"},
        {"one empty line in front", "\r\n" + get_hello, 200, "hello"},
        {"two empty lines in front", "\r\n\r\n" + get_hello, 400},
        {"head has no body", "HEAD /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200},
        // the request line
        {"no version", "GET /hello\r\n\r\n", 400},
        {"HTTP/2.0", "GET /hello HTTP/2.0\r\nHost: a\r\n\r\n", 505},
        {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"HTTP/1.2", "GET /hello HTTP/1.2\r\nHost: a\r\n\r\n", 505},
        {"HTTP/0.9", "GET /hello HTTP/0.9\r\nHost: a\r\n\r\n", 505},
        {"HTTPS/1.1", "GET /hello HTTPS/1.1\r\nHost: a\r\n\r\n", 400},
        {"two spaces", "GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"tab for space", "GET\t/hello HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"space in target", "GET /hel lo HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"trailing space", "GET /hello HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
        {"leading space", " GET /hello HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"TLS hello", string{"\x16\x03\x01\x02\x00\x01", 6}, 400},
        {"unknown method", "BREW /hello HTTP/1.1\r\nHost: a\r\n\r\n", 501},
        {"lower case method", "get /hello HTTP/1.1\r\nHost: a\r\n\r\n", 501},
        {"OPTIONS", "OPTIONS /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405},
        {"TRACE", "TRACE /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405},
        {"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 404},
        {"CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"wrong method", "DELETE /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405},
        {"nowhere", get("/nowhere"), 404},
        // targets
        {"decoded once", get("/path/%E5%AD%A6%2525"), 200, "/path/学%25|学%25"},
        {"query", get("/path/x?a=1+2&b=%E8%B4%B9&c&a=3"), 200, "/path/x|x|a=1 2|b=费|c=|a=3"},
        {"absolute form", get("http://school.example/path/x?a=1"), 200, "/path/x|x|a=1"},
        {"absolute form without path", get("http://school.example"), 404},
        {"absolute form, user", get("http://u@school.example/hello"), 400},
        {"other scheme", get("ftp://school.example/hello"), 400},
        {"no slash", get("hello"), 400},
        {"NUL escape", get("/path/a%00b"), 400},
        {"NUL escape in query", get("/path/a?x=%00"), 400},
        {"control escape", get("/path/a%0d%0ab"), 400},
        {"broken escape", get("/path/a%zz"), 400},
        {"short escape", get("/path/a%2"), 400},
        {"broken escape in query", get("/path/a?b=%x1"), 400},
        {"dot segment", get("/path/../hello"), 400},
        {"single dot", get("/./hello"), 400},
        {"escaped dots", get("/path/%2e%2E/hello"), 400},
        {"escaped slash", get("/path/a%2Fb"), 400},
        {"backslash", get("/path/a\\b"), 400},
        {"escaped backslash", get("/path/a%5cb"), 400},
        {"fragment", get("/hello#x"), 400},
        {"raw UTF-8", get("/path/学"), 400},
        {"not UTF-8", get("/path/%ff%fe"), 400},
        {"overlong dot", get("/path/%c0%ae"), 400},
        {"quotation mark", get("/path/\"x\""), 400},
        {"long target", get("/path/" + string(9000, 'a')), 414},
        {"longer than the buffer", get("/path/" + string(40000, 'a')), 414},
        // headers
        {"no host", "GET /hello HTTP/1.1\r\n\r\n", 400},
        {"two hosts", with_header("Host: b"), 400},
        {"host with slash", "GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
        {"obs-fold", with_header("X-A: 1\r\n  2"), 400},
        {"fold right after the request line", "GET /hello HTTP/1.1\r\n Host: a\r\n\r\n", 400},
        {"bare LF", "GET /hello HTTP/1.1\nHost: a\n\n", 400},
        {"bare LF in headers", "GET /hello HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400},
        {"bare LF at the end", "GET /hello HTTP/1.1\r\nHost: a\r\n\n", 400},
        {"bare CR", "GET /hello HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", 400},
        {"CR CR LF", "GET /hello HTTP/1.1\r\nHost: a\r\r\n\r\n", 400},
        {"NUL in value", with_header(string{"X-A: a\0b", 8}), 400},
        {"control in value", with_header("X-A: a\x01"), 400},
        {"space before colon", with_header("X-A : 1"), 400},
        {"empty name", with_header(": 1"), 400},
        {"no colon", with_header("X-A"), 400},
        {"bracket in name", with_header("X[A]: 1"), 400},
        {"high byte in name", with_header("X-\xc3\xa4: 1"), 400},
        {"many headers",
         with_header([] {
             string lines = "X-0: 0";
             for (int i = 1; i < 120; ++i) lines += "\r\nX-" + std::to_string(i) + ": 1";
             return lines;
         }()),
         431},
        {"64 kB header", with_header("X-A: " + string(65536, 'a')), 431},
        {"15 kB header", with_header("X-A: " + string(15000, 'a')), 200},
        // framing
        {"length", post("Content-Length: 5\r\nConnection: close\r\n", "12345"), 200, "12345"},
        {"length 0", post("Content-Length: 0\r\nConnection: close\r\n", ""), 200},
        {"no length, no body", post("Connection: close\r\n", ""), 200},
        {"CL and TE",
         post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
         400},
        {"TE and CL",
         post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
         400},
        {"two lengths", post("Content-Length: 5\r\nContent-Length: 6\r\n", "12345"), 400},
        {"two equal lengths", post("Content-Length: 5\r\nContent-Length: 5\r\n", "12345"), 400},
        {"listed lengths", post("Content-Length: 5, 5\r\n", "12345"), 400},
        {"signed length", post("Content-Length: +5\r\n", "12345"), 400},
        {"negative length", post("Content-Length: -5\r\n", "12345"), 400},
        {"hex length", post("Content-Length: 0x5\r\n", "12345"), 400},
        {"empty length", post("Content-Length: \r\n", ""), 400},
        {"length overflow", post("Content-Length: 99999999999999999999\r\n", ""), 400},
        {"huge length", post("Content-Length: 9999999999999999999\r\n", ""), 413},
        {"one over the limit", post("Content-Length: 1001\r\n", ""), 413},
        {"at the limit",
         post("Content-Length: 1000\r\nConnection: close\r\n", string(1000, 'x')),
         200},
        {"gzip coding", post("Transfer-Encoding: gzip\r\n", ""), 501},
        {"gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501},
        {"chunked twice", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), 501},
        {"two codings",
         post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
         400},
        {"hidden coding",
         post(
             "Transfer-Encoding: \x0b"
             "chunked\r\n",
             "0\r\n\r\n"
         ),
         400},
        {"chunked on 1.0",
         "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         400},
        // chunks
        {"chunks", post(chunked, "3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"), 200, "abc0123456789"},
        {"chunk trailer", post(chunked, "1\r\na\r\n0\r\nX-T: 1\r\n\r\n"), 200, "a"},
        {"no chunks", post(chunked, "0\r\n\r\n"), 200},
        {"chunk size not hex", post(chunked, "g\r\nabc\r\n0\r\n\r\n"), 400},
        {"chunk size empty", post(chunked, "\r\nabc\r\n0\r\n\r\n"), 400},
        {"chunk size signed", post(chunked, "+3\r\nabc\r\n0\r\n\r\n"), 400},
        {"chunk size spaced", post(chunked, "3 \r\nabc\r\n0\r\n\r\n"), 400},
        {"chunk extension", post(chunked, "3;a=b\r\nabc\r\n0\r\n\r\n"), 400},
        {"chunk bare LF", post(chunked, "3\nabc\n0\n\n"), 400},
        {"chunk too short", post(chunked, "5\r\nabc\r\n0\r\n\r\n"), 400},
        {"chunk too long", post(chunked, "2\r\nabc\r\n0\r\n\r\n"), 400},
        {"huge chunk", post(chunked, "7fffffff\r\n"), 413},
        {"chunk overflow", post(chunked, "fffffffffffffffff\r\n"), 400},
        {"chunks over the limit",
         post(chunked, "3e8\r\n" + string(1000, 'x') + "\r\n1\r\ny\r\n"),
         413},
        {"long trailer", post(chunked, "0\r\nX: " + string(5000, 'x') + "\r\n\r\n"), 400},
        // expectations and old clients
        {"other expectation", post("Expect: magic\r\nContent-Length: 1\r\n", "1"), 417},
        {"HTTP/1.0", "GET /hello HTTP/1.0\r\n\r\n", 200, "hello"},
    };
}

}  // namespace

TEST_CASE("raw requests and what each is answered") {
    tests::test_server site;
    for (const auto& each : rows()) {
        CAPTURE(each.name);
        wire_client client{site.port()};
        client.send(each.bytes);
        const auto answer = client.read_all();
        CHECK(status_of(answer) == each.status);
        if (!each.body.empty()) CHECK(body_of(answer) == each.body);
        if (each.status >= 400) {
            CHECK(body_of(answer).starts_with("{\"code\":\""));
            CHECK(tests::header_of(answer, "Connection") == "close");
        }
    }
    wire_client good{site.port()};
    good.send(get_hello);
    CHECK(body_of(good.read_all()) == "hello");
}

TEST_CASE("the same request in single bytes is the same request") {
    tests::test_server site;
    wire_client client{site.port()};
    const std::string bytes =
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        "3\r\nabc\r\n0\r\n\r\n";
    for (const auto c : bytes) client.send({&c, 1});
    CHECK(body_of(client.read_all()) == "abc");
}

TEST_CASE("HEAD answers the head of GET and nothing more") {
    tests::test_server site;
    wire_client client{site.port()};
    client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\nGET /now HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto first = client.read_answer(false);
    CHECK(status_of(first) == 200);
    CHECK(tests::header_of(first, "Content-Length") == "5");
    CHECK(body_of(client.read_answer()) == "now");
}

TEST_CASE("OPTIONS and other methods name what is allowed") {
    tests::test_server site;
    wire_client client{site.port()};
    client.send("OPTIONS /large HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto answer = client.read_answer();
    CHECK(status_of(answer) == 405);
    CHECK(tests::header_of(answer, "Allow") == "GET, HEAD, POST");
    // Nothing was left unread, so the connection lives on.
    client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(body_of(client.read_answer()) == "hello");
}
