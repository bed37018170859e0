#include "db/operators.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "db/operator_proofs.hpp"
#include "db/operator_sessions.hpp"
#include "server/base/error.hpp"
#include "tests/db/college_fixture.hpp"

using namespace college_fixture;
using rules::operator_role;

namespace {

constexpr std::int64_t minute = 60'000;

template <class Unit>
auto run(college& here, Unit unit) {
    return here.pool.run_now(unit);
}

db::operator_row draft(std::int64_t id, operator_role role) {
    db::operator_row out;
    out.id = id;
    out.name = "name" + std::to_string(id);
    out.display_name = "某人";
    out.role = role;
    out.password_hash = "initial";
    return out;
}

void add(college& here, std::int64_t id, operator_role role) {
    CHECK(run(here, [&](db::connection& db) {
        return db::insert_operator(db, draft(id, role), noon);
    }));
}

bool set_up(college& here, std::int64_t id, std::int64_t step = 100) {
    return run(here, [&](db::connection& db) {
        return db::finish_operator_setup(db, id, "initial", {"own", "sealed", step}, noon);
    });
}

void add_ready(college& here, std::int64_t id, operator_role role) {
    add(here, id, role);
    CHECK(set_up(here, id));
}

std::string admins(college& here) {
    return here.database.value("SELECT able_admins FROM operator_guard");
}

db::operator_row read(college& here, std::int64_t id) {
    return *run(here, [&](db::connection& db) { return db::find_operator(db, id); });
}

// The code of the refusal, "" for none.
template <class Unit>
std::string refusal(college& here, Unit unit) {
    try {
        here.pool.run_now(unit);
        return "";
    } catch (const base::error& no) {
        return std::string{no.face().code};
    }
}

db::operator_session session_of(std::int64_t id, std::int64_t operator_id) {
    db::operator_session out;
    out.id = id;
    out.operator_id = operator_id;
    out.stage = rules::console_stage::ready;
    out.created_at = out.seen_at = noon;
    out.expires_at = noon + 600 * minute;
    out.address = "192.0.2.7";
    out.browser = "Chrome · Windows";
    return out;
}

}  // namespace

TEST_CASE("an operator is found as he was added; a name is given once") {
    college here;
    auto made = draft(7, operator_role::finance);
    made.scope.colleges = {"交通信息学院", "汽车工程学院"};
    CHECK(run(here, [&](db::connection& db) { return db::insert_operator(db, made, noon); }));
    // Again, as after a COMMIT whose answer was lost.
    CHECK(run(here, [&](db::connection& db) { return db::insert_operator(db, made, noon); }));
    const auto found =
        run(here, [](db::connection& db) { return db::find_operator_named(db, "name7"); });
    REQUIRE(found);
    CHECK(found->scope.colleges == made.scope.colleges);
    CHECK(found->role == operator_role::finance);
    CHECK(found->password_must_change);
    CHECK_FALSE(found->disabled);
    auto other = draft(8, operator_role::admin);
    other.name = "name7";
    CHECK_FALSE(run(here, [&](db::connection& db) { return db::insert_operator(db, other, noon); })
    );
    CHECK(run(here, [](db::connection& db) { return db::list_operators(db).size(); }) == 1);
}

TEST_CASE("the guard counts admins who can sign in, through everything that happens to them") {
    college here;
    add(here, 1, operator_role::admin);
    CHECK(admins(here) == "0");
    CHECK(set_up(here, 1));
    CHECK(admins(here) == "1");
    CHECK_FALSE(set_up(here, 1));  // once only
    CHECK(admins(here) == "1");
    add_ready(here, 2, operator_role::finance);
    CHECK(admins(here) == "1");
    const auto change = [&](std::int64_t id, operator_role role) {
        const auto version = read(here, id).version;
        return refusal(here, [&](db::connection& db) {
            db::change_operator(db, id, {"某人", role, {}, version}, noon);
        });
    };
    CHECK(change(1, operator_role::auditor) == "last_admin");
    CHECK(read(here, 1).role == operator_role::admin);
    CHECK(change(2, operator_role::admin).empty());
    CHECK(admins(here) == "2");
    CHECK(change(1, operator_role::auditor).empty());
    CHECK(admins(here) == "1");
    const auto disable = [&](std::int64_t id, bool yes) {
        return refusal(here, [&](db::connection& db) {
            db::set_operator_disabled(db, id, yes, noon);
        });
    };
    CHECK(disable(2, true) == "last_admin");
    CHECK_FALSE(read(here, 2).disabled);
    add_ready(here, 3, operator_role::admin);
    CHECK(disable(2, true).empty());
    CHECK(disable(2, true).empty());  // repeating it counts nothing
    CHECK(admins(here) == "1");
    CHECK(disable(2, false).empty());
    CHECK(admins(here) == "2");
    const auto reset = [&](std::int64_t id, bool even_the_last) {
        return refusal(here, [&](db::connection& db) {
            db::reset_operator(db, id, "initial", even_the_last, noon);
        });
    };
    CHECK(reset(2, false).empty());
    CHECK(admins(here) == "1");
    CHECK(reset(3, false) == "last_admin");
    CHECK(read(here, 3).totp_sealed == "sealed");
    CHECK(reset(3, true).empty());
    CHECK(admins(here) == "0");
    CHECK(read(here, 3).totp_sealed.empty());
    CHECK(set_up(here, 3, 101));
    CHECK(admins(here) == "1");
    CHECK(reset(4, false) == "operator_not_found");
}

TEST_CASE("two admins who take each other's rights away at once leave one of them") {
    for (int round = 0; round < 5; ++round) {
        college here{2};
        add_ready(here, 1, operator_role::admin);
        add_ready(here, 2, operator_role::admin);
        std::atomic<int> refused{0};
        std::vector<std::thread> both;
        for (const std::int64_t id : {1, 2}) {
            both.emplace_back([&here, &refused, id] {
                const auto code = refusal(here, [&](db::connection& db) {
                    db::set_operator_disabled(db, id, true, noon);
                });
                if (code == "last_admin") ++refused;
            });
        }
        for (auto& one : both) one.join();
        CHECK(refused == 1);
        CHECK(admins(here) == "1");
        CHECK(here.database.value("SELECT SUM(disabled) FROM operators") == "1");
    }
}

TEST_CASE("a form that was opened before somebody else's change is refused") {
    college here;
    add_ready(here, 1, operator_role::finance);
    const auto version = read(here, 1).version;
    const db::operator_change wanted{"甲", operator_role::auditor, {{"汽车工程学院"}}, version};
    const auto change = [&](db::connection& db) { db::change_operator(db, 1, wanted, noon); };
    CHECK(refusal(here, change).empty());
    CHECK(refusal(here, change) == "operator_changed");
    CHECK(read(here, 1).scope.colleges == std::vector<std::string>{"汽车工程学院"});
}

TEST_CASE("a code is good once, and only with what was checked beside it") {
    college here;
    add_ready(here, 1, operator_role::finance);
    const auto take = [&](std::int64_t step, const char* hash = "own", const char* sealed = "sealed"
                      ) {
        return run(here, [&](db::connection& db) {
            return db::sign_operator_in(db, {1, hash, sealed, step}, noon);
        });
    };
    CHECK_FALSE(take(100));  // the one that confirmed the authenticator
    CHECK_FALSE(take(99));
    CHECK(take(101));
    CHECK_FALSE(take(101));
    CHECK_FALSE(take(102, "another"));
    CHECK_FALSE(take(102, "own", "another"));
    run(here, [](db::connection& db) { db::set_operator_disabled(db, 1, true, noon); });
    CHECK_FALSE(take(102));
    run(here, [](db::connection& db) { db::set_operator_disabled(db, 1, false, noon); });
    CHECK(take(102));
    CHECK_FALSE(run(here, [](db::connection& db) {
        return db::change_operator_password(db, {1, "own", "sealed", 102}, "new", noon);
    }));
    CHECK(run(here, [](db::connection& db) {
        return db::change_operator_password(db, {1, "own", "sealed", 103}, "new", noon);
    }));
    CHECK(run(here, [](db::connection& db) {
        return db::replace_authenticator(db, 1, "sealed", "newer", 50, noon);
    }));
    CHECK_FALSE(take(104));
    CHECK(take(51, "new", "newer"));
}

TEST_CASE("of two servers that race for one code one wins") {
    college here{4};
    add_ready(here, 1, operator_role::admin);
    for (std::int64_t step = 101; step < 111; ++step) {
        std::atomic<int> taken{0};
        std::vector<std::thread> racers;
        for (int i = 0; i < 4; ++i) {
            racers.emplace_back([&here, &taken, step] {
                const bool mine = here.pool.run_now([&](db::connection& db) {
                    return db::sign_operator_in(db, {1, "own", "sealed", step}, noon);
                });
                if (mine) ++taken;
            });
        }
        for (auto& one : racers) one.join();
        CHECK(taken == 1);
    }
}

TEST_CASE("the initial password signs in until it was replaced") {
    college here;
    add(here, 1, operator_role::finance);
    const auto sign_in = [&] {
        return run(here, [](db::connection& db) {
            return db::sign_operator_in_for_setup(db, 1, "initial", noon);
        });
    };
    CHECK(sign_in());
    CHECK(sign_in());
    CHECK(set_up(here, 1));
    CHECK_FALSE(sign_in());
}

TEST_CASE("sessions end at once for everybody who reads them") {
    college here;
    add_ready(here, 1, operator_role::finance);
    add_ready(here, 2, operator_role::auditor);
    const auto token = [](char c) { return std::string(32, c); };
    run(here, [&](db::connection& db) {
        db::insert_operator_session(db, token('a'), session_of(11, 1));
        db::insert_operator_session(db, token('b'), session_of(12, 1));
        db::insert_operator_session(db, token('c'), session_of(13, 2));
    });
    const auto live = [&](char c) {
        return run(here, [&](db::connection& db) {
            return db::find_operator_session(db, token(c)).has_value();
        });
    };
    const auto end = [&](std::int64_t id, std::optional<std::int64_t> whose) {
        return run(here, [&](db::connection& db) {
            return db::end_operator_session(db, id, whose, db::session_end::admin, noon);
        });
    };
    CHECK((live('a') && live('b') && live('c') && !live('d')));
    CHECK_FALSE(end(13, 1));  // not his
    CHECK(live('c'));
    CHECK(end(11, 1));
    CHECK_FALSE(end(11, 1));
    CHECK_FALSE(live('a'));
    CHECK(run(here, [](db::connection& db) {
              return db::end_operator_sessions(db, 1, 12, db::session_end::new_secrets, noon);
          }) == 0);
    CHECK(live('b'));
    run(here, [](db::connection& db) { db::set_operator_disabled(db, 1, true, noon); });
    CHECK_FALSE(live('b'));  // though nobody has ended it
    db::session_filter wanted;
    const auto list = [&] {
        return run(here, [&](db::connection& db) {
            return db::list_operator_sessions(db, wanted, 10);
        });
    };
    CHECK(list().size() == 3);
    CHECK(list().front().session.id == 13);
    wanted.live_only = true;
    wanted.now = noon + minute;
    wanted.idle_since = noon - minute;
    CHECK(list().size() == 1);
    wanted.idle_since = noon;
    CHECK(list().empty());
    const auto counts = run(here, [](db::connection& db) {
        return db::count_live_sessions(db, noon + minute, noon - minute);
    });
    CHECK(counts.size() == 2);
}

TEST_CASE("the secret that waits in a session is made once and gone with it") {
    college here;
    add(here, 1, operator_role::finance);
    run(here, [](db::connection& db) {
        db::insert_operator_session(db, std::string(32, 'a'), session_of(11, 1));
    });
    const auto keep = [&](const char* sealed) {
        return run(here, [&](db::connection& db) {
            return db::keep_waiting_secret(db, 11, sealed);
        });
    };
    const auto waiting = [&] {
        return run(here, [](db::connection& db) { return db::waiting_secret(db, 11); });
    };
    CHECK_FALSE(waiting());
    CHECK(keep("first"));
    CHECK_FALSE(keep("second"));
    CHECK(waiting() == "first");
    run(here, [](db::connection& db) {
        db::end_operator_session(db, 11, std::nullopt, db::session_end::oneself, noon);
    });
    CHECK_FALSE(waiting());
    CHECK(here.database.value("SELECT COUNT(totp_sealed) FROM operator_sessions") == "0");
}

TEST_CASE("a scope narrows a statement and holds its colleges only") {
    college here;
    here.database.execute(
        "UPDATE people SET college = '汽车工程学院' WHERE id = 11; "
        "UPDATE people SET college = '轨道交通学院' WHERE id = 12"
    );
    const auto colleges = [&](const db::college_scope& scope) {
        return run(here, [&](db::connection& db) { return db::list_colleges(db, scope); });
    };
    CHECK(colleges({}).size() == 2);
    CHECK(colleges({{"轨道交通学院", "交通信息学院"}}) == std::vector<std::string>{"轨道交通学院"});
    const db::college_scope some{{"甲", "乙"}};
    std::vector<db::value> arguments;
    CHECK(some.condition("p.college", arguments) == " AND p.college IN (?, ?)");
    CHECK(arguments.size() == 2);
    CHECK((some.holds("甲") && !some.holds("丙") && db::college_scope{}.holds("丙")));
}
