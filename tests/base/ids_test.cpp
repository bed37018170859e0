#include "server/base/ids.hpp"

#include <algorithm>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include <doctest/doctest.h>

namespace {

constexpr std::string_view alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
constexpr base::epoch_ms an_evening = 1'795'348'800'000;  // 2026-11-22T20:00:00+08:00

}  // namespace

TEST_CASE("ids are positive and unique over threads, in bursts") {
    constexpr int thread_count = 8;
    constexpr int each = 20'000;  // far more than 1,024 in a millisecond
    std::vector<std::vector<std::int64_t>> drawn(thread_count);
    std::vector<std::thread> threads;
    for (auto& mine : drawn) {
        threads.emplace_back([&mine] {
            mine.reserve(each);
            for (int i = 0; i < each; ++i) mine.push_back(base::next_id());
        });
    }
    for (auto& one : threads) one.join();
    std::unordered_set<std::int64_t> seen;
    for (const auto& mine : drawn) {
        for (const auto id : mine) {
            REQUIRE(id > 0);
            REQUIRE(seen.insert(id).second);
        }
    }
}

TEST_CASE("a clock that stands or steps back repeats no id") {
    std::set<std::int64_t> seen;
    base::epoch_ms at = base::now_ms() + 10'000;
    const base::clock_override clock{[&at] { return at; }};
    for (int i = 0; i < 3000; ++i) REQUIRE(seen.insert(base::next_id()).second);
    at -= 3'600'000;
    for (int i = 0; i < 3000; ++i) REQUIRE(seen.insert(base::next_id()).second);
}

TEST_CASE("ids fit 63 bits until 2090") {
    const base::clock_override late{3'786'912'000'000};  // 2090-01-01
    CHECK(base::next_id() > 0);
}

TEST_CASE("order numbers: prefix, Beijing's second, ten letters without look-alikes") {
    const auto number = base::new_order_no("JLJT", an_evening);
    CHECK(number.size() == 4 + 14 + 10);
    CHECK(number.substr(0, 18) == "JLJT20261122200000");
    CHECK(number.substr(18).find_first_not_of(alphabet) == std::string::npos);
}

TEST_CASE("order numbers fit WeChat's out_trade_no with the longest prefix") {
    for (const char* prefix : {"", "C", "ABCDEFGH"}) {
        const auto number = base::new_order_no(prefix, an_evening);
        CHECK(number.size() <= 32);
        CHECK(number.size() >= 6);
        CHECK(std::all_of(number.begin(), number.end(), [](unsigned char c) {
            return std::isalnum(c) != 0;
        }));
    }
}

TEST_CASE("order numbers of one second differ, over threads and in every place") {
    constexpr int thread_count = 4;
    constexpr int each = 5000;
    std::mutex guard;
    std::set<std::string> seen;
    std::vector<std::thread> threads;
    for (int t = 0; t < thread_count; ++t) {
        threads.emplace_back([&guard, &seen] {
            for (int i = 0; i < each; ++i) {
                auto number = base::new_order_no("CP", an_evening);
                const std::lock_guard lock{guard};
                seen.insert(std::move(number));
            }
        });
    }
    for (auto& one : threads) one.join();
    CHECK(seen.size() == thread_count * each);
    for (std::size_t place = 16; place < 26; ++place) {
        std::set<char> letters;
        for (const auto& number : seen) letters.insert(number[place]);
        CAPTURE(place);
        const std::set<char> expected{alphabet.begin(), alphabet.end()};
        CHECK(letters == expected);
    }
}

TEST_CASE("a process has one name, hard to guess") {
    CHECK(base::instance_name() == base::instance_name());
    CHECK(base::instance_name().size() == 32);
}
