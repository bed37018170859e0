#include "db/outbox.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "db/sessions.hpp"
#include "tests/db/college_fixture.hpp"

using namespace college_fixture;
using rules::message_state;

namespace {

constexpr base::epoch_ms lease = 60'000;
constexpr base::epoch_ms minute = 60'000;

struct post : college {
    using college::college;

    void queue(const std::string& key, const std::string& kind = "paid") {
        pool.run_now([&](db::connection& db) { db::queue_message(db, kind, key, student, noon); });
    }
    // So much time passes for the whole outbox, by the database's clock.
    void pass(base::epoch_ms ms) const {
        database.execute("UPDATE outbox SET next_try_ms = next_try_ms - " + std::to_string(ms));
    }
    void wait(const std::string& key, base::epoch_ms ms) const {
        database.execute(
            "UPDATE outbox SET next_try_ms = next_try_ms + " + std::to_string(ms) +
            " WHERE business_key = '" + key + "'"
        );
    }
    std::vector<db::queued_message> claim(
        const std::string& owner, int count = 10, const std::string& kinds = "paid,refunded"
    ) {
        return pool.run_now([&](db::connection& db) {
            return db::claim_due_messages(db, owner, kinds, lease, count);
        });
    }
    bool settle(std::int64_t id, const std::string& owner, const db::message_end& end) {
        return pool.run_now([&](db::connection& db) {
            return db::settle_message(db, id, owner, end, noon + 1);
        });
    }
    void tell(const std::string& msgid, db::delivery result) {
        pool.run_now([&](db::connection& db) { db::keep_delivery(db, msgid, result, noon + 2); });
    }
    std::vector<db::told_delivery> told() {
        return pool.run_now([&](db::connection& db) { return db::told_deliveries(db, 10); });
    }
    void write(const db::told_delivery& one, std::optional<base::epoch_ms> again_ms = {}) {
        pool.run_now([&](db::connection& db) { db::write_delivery(db, one, again_ms); });
    }
    std::string of(const std::string& key, const std::string& column) const {
        return database.value(
            "SELECT COALESCE(" + column + ", 'none') FROM outbox WHERE business_key = '" + key + "'"
        );
    }
};

db::message_end ended(message_state state, base::epoch_ms wait_ms = 0) {
    db::message_end out;
    out.state = state;
    out.wait_ms = wait_ms;
    return out;
}

db::message_end accepted(const std::string& msgid) {
    auto out = ended(message_state::sent);
    out.way = db::message_way::by_template;
    out.openid = "oReader";
    out.msgid = msgid;
    return out;
}

}  // namespace

TEST_CASE("a due message has one sender, and none before its time") {
    post here;
    here.queue("paid:CP1");
    here.queue("paid:CP2");
    here.wait("paid:CP2", minute);
    here.queue("other:1", "of a newer program");
    const auto mine = here.claim("one");
    REQUIRE(mine.size() == 1);
    CHECK(mine[0].kind == "paid");
    CHECK(mine[0].business_key == "paid:CP1");
    CHECK(mine[0].person_id == student);
    CHECK(mine[0].tries == 1);
    CHECK(mine[0].strikes == 1);
    CHECK(mine[0].created_at == noon);
    const auto now = std::stoll(here.database.value("SELECT UNIX_TIMESTAMP() * 1000"));
    CHECK_MESSAGE(std::abs(mine[0].seen_at - now) < 10'000, "by the database's clock");
    CHECK_MESSAGE(here.claim("two").empty(), "leased");
    here.pass(minute);
    CHECK(here.claim("two", 10, "refunded").empty());
    CHECK(here.claim("two").size() == 1);
    CHECK(here.of("other:1", "tries") == "0");
}

TEST_CASE("as many are claimed as are asked for, the longest waiting first") {
    post here;
    for (int i = 0; i < 5; ++i) {
        here.queue("paid:CP" + std::to_string(i));
        here.wait("paid:CP" + std::to_string(i), -1000 * i);
    }
    const auto mine = here.claim("one", 2);
    REQUIRE(mine.size() == 2);
    CHECK(mine[0].business_key == "paid:CP4");
    CHECK(mine[1].business_key == "paid:CP3");
    CHECK(here.claim("two").size() == 3);
}

TEST_CASE("two owners racing never hold the same message") {
    post here{4};
    constexpr int messages = 60;
    for (int i = 0; i < messages; ++i) here.queue("paid:CP" + std::to_string(i));
    std::vector<std::vector<std::int64_t>> claimed(4);
    std::vector<std::thread> threads;
    for (std::size_t who = 0; who < claimed.size(); ++who) {
        threads.emplace_back([&, who] {
            for (int round = 0; round < messages; ++round) {
                const auto owner = std::to_string(who) + "-" + std::to_string(round);
                const auto mine = here.claim(owner, 4);
                if (mine.empty()) return;
                for (const auto& one : mine) claimed[who].push_back(one.id);
            }
        });
    }
    for (auto& one : threads) one.join();
    std::vector<std::int64_t> all;
    for (const auto& some : claimed) all.insert(all.end(), some.begin(), some.end());
    CHECK(all.size() == messages);
    CHECK(std::set<std::int64_t>(all.begin(), all.end()).size() == messages);
    CHECK(here.database.value("SELECT COUNT(*) FROM outbox WHERE tries <> 1") == "0");
}

TEST_CASE("only who holds the lease settles, once, and takes the strike back") {
    post here;
    here.queue("paid:CP1");
    const auto id = here.claim("one").at(0).id;
    CHECK_FALSE(here.settle(id, "two", accepted("1")));
    CHECK(here.of("paid:CP1", "state") == "queued");
    CHECK(here.settle(id, "one", accepted("340")));
    CHECK_FALSE(here.settle(id, "one", ended(message_state::failed)));
    CHECK(here.of("paid:CP1", "state") == "sent");
    CHECK(here.of("paid:CP1", "way") == "template");
    CHECK(here.of("paid:CP1", "openid") == "oReader");
    CHECK(here.of("paid:CP1", "msgid") == "340");
    CHECK(here.of("paid:CP1", "strikes") == "0");
    CHECK(here.of("paid:CP1", "ended_ms") == std::to_string(noon + 1));
    CHECK(here.of("paid:CP1", "reason") == "none");
    here.pass(1000 * minute);
    CHECK(here.claim("three").empty());
}

TEST_CASE("a claim whose commit was not heard of is found again, not left to its lease") {
    post here;
    here.queue("paid:CP1");
    auto options = college::options(here.database, 1);
    bool lost = false;
    options.fault = [&lost](const db::fault_point& at) {
        if (lost || at.where != db::fault_point::place::after_commit) return;
        lost = true;
        throw db::failure{2013, "HY000", "Lost connection"};
    };
    db::pool shaky{options};
    const auto claimed = shaky.run_now([](db::connection& db) {
        return db::claim_due_messages(db, "one", "paid", lease, 10);
    });
    CHECK(lost);
    REQUIRE(claimed.size() == 1);
    CHECK(claimed[0].tries == 1);
}

TEST_CASE("a server whose clock is wrong neither hurries nor puts off any message") {
    post here;
    constexpr base::epoch_ms hours = 5 * 3600'000LL;
    for (const auto wrong : {-hours, hours}) {
        const base::clock_override clock{base::now_ms() + wrong};
        here.pool.run_now([&](db::connection& db) {
            db::queue_message(db, "paid", std::to_string(wrong), student, base::now_ms());
        });
    }
    const auto mine = here.claim("one");
    REQUIRE(mine.size() == 2);
    for (const auto& one : mine) {
        const base::clock_override clock{base::now_ms() + hours};
        here.settle(one.id, "one", ended(message_state::queued, minute));
    }
    CHECK(here.claim("two").empty());
    here.pass(minute);
    CHECK(here.claim("two").size() == 2);
}

TEST_CASE("a lease that ended passes on, and its old holder settles nothing") {
    post here;
    here.queue("paid:CP1");
    const auto id = here.claim("dead").at(0).id;
    here.database.execute("UPDATE outbox SET lease_until_ms = 1");
    const auto taken = here.claim("next");
    REQUIRE(taken.size() == 1);
    CHECK(taken[0].tries == 2);
    CHECK_MESSAGE(taken[0].strikes == 2, "nobody said how the first try ended");
    CHECK_FALSE(here.settle(id, "dead", accepted("1")));
    CHECK(here.settle(id, "next", accepted("2")));
    CHECK(here.of("paid:CP1", "msgid") == "2");
}

TEST_CASE("a postponed message keeps what was learnt and waits for its time") {
    post here;
    here.queue("paid:CP1");
    auto end = ended(message_state::queued, minute);
    end.reason = "outcome_unknown";
    end.code = "-1";
    end.way = db::message_way::by_text;
    end.unsure = true;
    CHECK(here.settle(here.claim("one").at(0).id, "one", end));
    here.pass(minute - 10'000);
    CHECK(here.claim("two").empty());
    here.pass(10'000);
    const auto again = here.claim("two");
    REQUIRE(again.size() == 1);
    CHECK(again[0].tries == 2);
    CHECK(again[0].strikes == 1);
    CHECK(again[0].unsure == 1);
    CHECK(here.of("paid:CP1", "reason") == "outcome_unknown");
    CHECK(here.of("paid:CP1", "last_code") == "-1");
    CHECK(here.of("paid:CP1", "ended_ms") == "none");
    here.pool.run_now([&](db::connection& db) {
        db::postpone_message(db, again[0].id, "one", 0);
        db::postpone_message(db, again[0].id, "two", minute);
    });
    CHECK(here.claim("three").empty());
    here.pass(minute);
    const auto third = here.claim("three");
    REQUIRE(third.size() == 1);
    CHECK_MESSAGE(third[0].strikes == 2, "a try that broke off keeps its strike");
}

TEST_CASE("what WeChat tells later is written on its message, whenever it comes") {
    post here;
    here.queue("paid:CP1");
    here.queue("paid:CP2");
    const auto mine = here.claim("one");
    here.tell("1", db::delivery::delivered);
    here.tell("999", db::delivery::delivered);  // of another sender of the account
    CHECK_MESSAGE(here.told().empty(), "our answer to the send is not kept yet");
    here.settle(mine.at(0).id, "one", accepted("1"));
    here.settle(mine.at(1).id, "one", accepted("2"));
    here.tell("2", db::delivery::blocked);
    here.tell("2", db::delivery::delivered);
    const auto told = here.told();
    REQUIRE(told.size() == 2);
    for (const auto& one : told) here.write(one);
    for (const auto& one : told) here.write(one);
    const auto first = mine.at(0).business_key;
    const auto second = mine.at(1).business_key;
    CHECK(here.of(first, "delivery") == "delivered");
    CHECK(here.of(first, "delivery_ms") == std::to_string(noon + 2));
    CHECK_MESSAGE(here.of(second, "delivery") == "blocked", "the first word counts");
    CHECK(here.of(second, "state") == "sent");
    CHECK(here.told().empty());
    CHECK(here.database.value("SELECT COUNT(*) FROM template_deliveries") == "1");
    const auto sweep = [&](base::epoch_ms before) {
        return here.pool.run_now([&](db::connection& db) {
            return db::delete_old_deliveries(db, before, 10);
        });
    };
    CHECK(sweep(noon + 1) == 0);
    CHECK(sweep(noon + 2) == 1);
}

TEST_CASE("what WeChat could not deliver is queued anew, once for each word") {
    post here;
    here.queue("paid:CP1");
    here.settle(here.claim("one").at(0).id, "one", accepted("1"));
    here.tell("1", db::delivery::failed);
    const auto told = here.told();
    REQUIRE(told.size() == 1);
    CHECK(told[0].tries == 1);
    here.write(told[0], minute);
    here.write(told[0], 9 * minute);
    CHECK(here.of("paid:CP1", "state") == "queued");
    CHECK(here.claim("two").empty());
    here.pass(minute);
    CHECK(here.of("paid:CP1", "delivery") == "failed");
    here.settle(here.claim("two").at(0).id, "two", accepted("2"));
    CHECK(here.of("paid:CP1", "state") == "sent");
    CHECK(here.of("paid:CP1", "delivery") == "none");
}

TEST_CASE("people see what waits and what failed, and may ask for one more try") {
    post here;
    for (const auto* key : {"paid:CP1", "paid:CP2", "paid:CP3", "paid:CP4"}) here.queue(key);
    const auto mine = here.claim("one");
    REQUIRE(mine.size() == 4);
    const auto settle = [&](std::size_t which, message_state state, const std::string& reason) {
        auto end = ended(state, minute);
        end.reason = reason;
        end.code = "47003";
        here.settle(mine.at(which).id, "one", end);
    };
    settle(0, message_state::sent, "");
    settle(1, message_state::failed, "content_refused");
    settle(2, message_state::skipped, "nobody_to_tell");
    settle(3, message_state::queued, "busy");
    const auto list = [&](bool only_failed) {
        return here.pool.run_now([&](db::connection& db) {
            return db::list_open_messages(db, only_failed, 10);
        });
    };
    CHECK(list(false).size() == 2);
    REQUIRE(list(true).size() == 1);
    const auto failed = list(true).at(0);
    CHECK(failed.business_key == mine.at(1).business_key);
    CHECK(failed.state == message_state::failed);
    CHECK(failed.reason == "content_refused");
    CHECK(failed.code == "47003");
    CHECK(failed.tries == 1);

    here.database.execute(
        "UPDATE outbox SET created_ms = " + std::to_string(noon - minute) +
        " WHERE business_key = '" + mine.at(3).business_key + "'"
    );
    here.queue("paid:CP5");
    const auto counts =
        here.pool.run_now([](db::connection& db) { return db::count_messages(db); });
    CHECK(counts.queued == 2);
    CHECK(counts.failed == 1);
    CHECK(counts.oldest_at == noon - minute);

    const auto retry = [&](const std::string& key) {
        return here.pool.run_now([&](db::connection& db) { return db::retry_message(db, key); });
    };
    CHECK_MESSAGE(!retry(mine.at(0).business_key), "sent is sent");
    CHECK_MESSAGE(!retry(mine.at(3).business_key), "what waits is tried anyway");
    CHECK_FALSE(retry("paid:CP9"));
    CHECK(retry(mine.at(1).business_key));
    CHECK(retry(mine.at(2).business_key));
    CHECK(here.of(mine.at(1).business_key, "tries") == "0");
    CHECK_MESSAGE(here.claim("two").size() == 3, "at once, and the new one; not what waits");
}

TEST_CASE("the WeChat accounts of a person, the newest first") {
    college here;
    const auto bind = [&](const std::string& openid, std::int64_t who, base::epoch_ms at) {
        here.pool.run_now([&](db::connection& db) {
            db::bind(db, openid, {who, db::sign_in_level::own}, at);
        });
    };
    bind("oOld", student, noon);
    bind("oNew", student, noon + 2);
    bind("oMiddle", student, noon + 1);
    bind("oOther", other_student, noon + 3);
    const auto of = [&](int count) {
        return here.pool.run_now([&](db::connection& db) {
            return db::bound_openids(db, student, count);
        });
    };
    CHECK(of(9) == std::vector<std::string>{"oNew", "oMiddle", "oOld"});
    CHECK(of(1) == std::vector<std::string>{"oNew"});
}
