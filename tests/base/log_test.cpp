#include "server/base/log.hpp"

#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "server/base/clock.hpp"
#include "server/base/encoding.hpp"
#include "tests/support/captured_stderr.hpp"

namespace {

using namespace std::string_view_literals;

constexpr base::epoch_ms an_evening = 1'795'348'800'007;  // 2026-11-22T20:00:00.007+08:00

std::string written(std::string_view event, std::initializer_list<base::log::field> fields) {
    const base::clock_override clock{an_evening};
    return support::captured_stderr([&] { base::log::info(event, fields); });
}

constexpr std::string_view head =
    R"({"at":"2026-11-22T20:00:00+08:00","ms":7,"level":"info","event":)";

}  // namespace

TEST_CASE("a log line is one JSON object") {
    CHECK(
        written(
            "order_opened",
            {{"order_no", "CP1"},
             {"lines", 2},
             {"amount_fen", std::int64_t{700'000}},
             {"again", false},
             {"first", true}}
        ) ==
        std::string{head} +
            R"("order_opened","order_no":"CP1","lines":2,"amount_fen":700000,"again":false,"first":true})"
            "\n"
    );
    CHECK(written("started", {}) == std::string{head} + "\"started\"}\n");
}

TEST_CASE("no value forges a line or a field") {
    struct row {
        std::string_view value;
        std::string_view expected;
    };
    for (const auto& [value, expected] : {
             row{"a\nb", R"(a\u000ab)"},
             row{"a\r\nb", R"(a\u000d\u000ab)"},
             row{"\",\"level\":\"alarm", R"(\",\"level\":\"alarm)"},
             row{"back\\slash", R"(back\\slash)"},
             row{"\0"sv, R"(\u0000)"},
             row{"\x1b[2J", R"(\u001b[2J)"},
             row{"\x7f", R"(\u007f)"},
             row{"缴费", "缴费"},
             row{"{} %s {0}", "{} %s {0}"},
         }) {
        CAPTURE(std::string{expected});
        const auto line = written("seen", {{"value", value}});
        CHECK(
            line == std::string{head} + "\"seen\",\"value\":\"" + std::string{expected} + "\"}\n"
        );
        CHECK(line.find('\n') == line.size() - 1);
    }
}

TEST_CASE("names and events are escaped too") {
    const auto line = written("a\"\nb", {{"na\"me\n", "v"}});
    CHECK(line == std::string{head} + R"("a\"\u000ab","na\"me\u000a":"v"})" + "\n");
}

TEST_CASE("bytes that are no UTF-8 do not break the line for its readers") {
    for (const auto value : {"\xff"sv, "\xbd\xc9"sv, "ok\xe7\xbc"sv}) {
        const auto line = written("seen", {{"value", value}});
        CAPTURE(base::to_hex(value));
        CHECK(base::is_utf8(line));
    }
}

TEST_CASE("levels below the threshold write nothing") {
    struct row {
        base::log::level threshold;
        int lines;
    };
    using base::log::level;
    for (const auto& [threshold, lines] : {
             row{level::debug, 4},
             row{level::info, 3},
             row{level::warning, 2},
             row{level::alarm, 1},
         }) {
        base::log::set_threshold(threshold);
        const auto text = support::captured_stderr([] {
            base::log::write(level::debug, "d");
            base::log::info("i");
            base::log::warning("w");
            base::log::alarm("a");
        });
        CAPTURE(std::string{text});
        CHECK(std::count(text.begin(), text.end(), '\n') == lines);
        CHECK(text.find("\"level\":\"alarm\",\"event\":\"a\"") != std::string::npos);
    }
    base::log::set_threshold(level::info);
}

TEST_CASE("lines of several threads do not mix") {
    const auto text = support::captured_stderr([] {
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([] {
                for (int i = 0; i < 500; ++i) {
                    base::log::info("tick", {{"text", std::string(200, 'x')}});
                }
            });
        }
        for (auto& one : threads) one.join();
    });
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++count) {
        const auto end = text.find('\n', at);
        REQUIRE(end != std::string::npos);
        const auto line = std::string_view{text}.substr(at, end - at);
        REQUIRE(line.substr(0, 6) == "{\"at\":");
        REQUIRE(line.substr(line.size() - 4) == "xx\"}");
        at = end + 1;
    }
    CHECK(count == 2000);
}
