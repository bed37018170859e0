#include "server/rules/settlement.hpp"

#include <map>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using base::fen;
using rules::credit_kind;
using rules::settlement_line;

namespace {

const std::string mine = "CP20261122200000AAAAAAAAAA";
const std::string newer = "CP20261122203000BBBBBBBBBB";

}  // namespace

TEST_CASE("where the money of one line goes") {
    struct row {
        std::string name;
        std::int64_t amount;
        std::int64_t owed;
        std::string live_order_no;
        credit_kind expected;
    };
    for (const auto& [name, amount, owed, live, expected] : std::vector<row>{
             {"still held by this order", 500, 500, mine, credit_kind::credit},
             {"free", 500, 500, "", credit_kind::credit},
             {"more owed by now", 500, 700, "", credit_kind::credit},
             {"settled by somebody else", 500, 0, "", credit_kind::surplus},
             {"settled, still ours by name", 500, 0, mine, credit_kind::surplus},
             {"one fen less is owed", 500, 499, mine, credit_kind::surplus},
             {"overpaid", 500, -100, "", credit_kind::surplus},
             {"in a newer order", 500, 500, newer, credit_kind::wait},
             {"in a newer order, nothing owed", 500, 0, newer, credit_kind::wait},
         }) {
        CAPTURE(name);
        const auto settled = rules::settle({{3, 77, fen{amount}, fen{owed}, live}}, mine);
        REQUIRE(settled.size() == 1);
        CHECK(settled[0].what == expected);
        CHECK(settled[0].line_no == 3);
        CHECK(settled[0].bill_id == 77);
        CHECK(settled[0].amount == fen{amount});
    }
}

TEST_CASE("no lines, nothing to settle") {
    CHECK(rules::settle({}, mine).empty());
}

TEST_CASE("lines are judged one by one, in their order") {
    const auto settled = rules::settle(
        {{1, 11, fen{100}, fen{100}, mine},
         {2, 12, fen{200}, fen{0}, ""},
         {3, 13, fen{300}, fen{300}, newer},
         {4, 14, fen{400}, fen{400}, ""}},
        mine
    );
    REQUIRE(settled.size() == 4);
    CHECK(settled[0].what == credit_kind::credit);
    CHECK(settled[1].what == credit_kind::surplus);
    CHECK(settled[2].what == credit_kind::wait);
    CHECK(settled[3].what == credit_kind::credit);
}

TEST_CASE("two lines for one bill share what it owes") {
    const auto settled = rules::settle(
        {{1, 11, fen{60}, fen{100}, mine},
         {2, 11, fen{60}, fen{100}, mine},
         {3, 11, fen{40}, fen{100}, mine}},
        mine
    );
    REQUIRE(settled.size() == 3);
    CHECK(settled[0].what == credit_kind::credit);
    CHECK(settled[1].what == credit_kind::surplus);
    CHECK(settled[2].what == credit_kind::credit);
}

TEST_CASE("random orders: every fen goes somewhere, and no bill gets more than it owes") {
    std::mt19937_64 draw{20261122};
    for (int round = 0; round < 20'000; ++round) {
        const auto bill_count = 1 + draw() % 6;
        std::vector<std::int64_t> owed;
        std::vector<std::string> holder;
        for (std::size_t i = 0; i < bill_count; ++i) {
            owed.push_back(static_cast<std::int64_t>(draw() % 1000) - 100);
            const auto kind = draw() % 3;
            holder.push_back(kind == 0 ? "" : kind == 1 ? mine : newer);
        }
        std::vector<settlement_line> lines;
        fen order_amount;
        for (int line_no = 1; line_no <= static_cast<int>(1 + draw() % 10); ++line_no) {
            const auto at = draw() % bill_count;
            const fen amount{static_cast<std::int64_t>(1 + draw() % 600)};
            lines.push_back(
                {line_no, static_cast<std::int64_t>(at), amount, fen{owed[at]}, holder[at]}
            );
            order_amount += amount;
        }
        const auto settled = rules::settle(lines, mine);
        REQUIRE(settled.size() == lines.size());
        fen sum;
        std::map<std::int64_t, fen> credited;
        for (std::size_t i = 0; i < settled.size(); ++i) {
            const auto at = static_cast<std::size_t>(lines[i].bill_id);
            REQUIRE(settled[i].line_no == lines[i].line_no);
            REQUIRE(settled[i].bill_id == lines[i].bill_id);
            REQUIRE(settled[i].amount == lines[i].amount);
            REQUIRE((settled[i].what == credit_kind::wait) == (holder[at] == newer));
            sum += settled[i].amount;
            if (settled[i].what == credit_kind::credit) {
                credited[lines[i].bill_id] += settled[i].amount;
            }
        }
        REQUIRE(sum == order_amount);
        for (const auto& [bill_id, amount] : credited) {
            REQUIRE(amount <= fen{owed[static_cast<std::size_t>(bill_id)]});
        }
        // Nothing is sent back while it could have been credited.
        for (std::size_t i = 0; i < settled.size(); ++i) {
            if (settled[i].what != credit_kind::surplus) continue;
            const auto at = static_cast<std::size_t>(lines[i].bill_id);
            REQUIRE(credited[lines[i].bill_id] + lines[i].amount > fen{owed[at]});
        }
    }
}
