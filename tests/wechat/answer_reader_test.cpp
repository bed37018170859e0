#include "wechat/answer_reader.hpp"

#include <doctest/doctest.h>

using wechat::detail::answer_reader;
using state = answer_reader::state;

namespace {

state fed(answer_reader& reader, const std::string& text, std::size_t piece) {
    auto now = state::hungry;
    for (std::size_t from = 0; from < text.size() && now == state::hungry; from += piece) {
        now = reader.feed(std::string_view{text}.substr(from, piece));
    }
    return now;
}

}  // namespace

TEST_CASE("the limit of a body holds however the answer is cut into pieces") {
    const std::string body(2000, 'x');
    const std::string answers[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + body,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + body + "\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n" + body,
    };
    for (const auto& answer : answers) {
        for (const std::size_t piece :
             {std::size_t{1}, std::size_t{7}, std::size_t{512}, answer.size()}) {
            CAPTURE(answer.substr(0, 45));
            CAPTURE(piece);
            answer_reader strict{1999};
            CHECK(fed(strict, answer, piece) == state::broken);
            CHECK(strict.fault() == "answer too long");
            answer_reader roomy{2000};
            auto now = fed(roomy, answer, piece);
            if (now == state::hungry) now = roomy.end_of_stream();
            CHECK(now == state::complete);
            CHECK(roomy.taken().body == body);
        }
    }
}

TEST_CASE("bytes after an answer forbid another one on the same connection") {
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    answer_reader clean{100};
    CHECK(clean.feed(answer) == state::complete);
    CHECK(clean.may_be_followed());
    answer_reader smuggled{100};
    CHECK(smuggled.feed(answer + "HTTP/1.1 200 OK\r\n") == state::complete);
    CHECK_FALSE(smuggled.may_be_followed());
    answer_reader closing{100};
    CHECK(
        closing.feed("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n") ==
        state::complete
    );
    CHECK_FALSE(closing.may_be_followed());
}
