#include "db/sessions.hpp"

#include <doctest/doctest.h>

#include "db/wechat_side.hpp"
#include "server/base/error.hpp"
#include "tests/db/college_fixture.hpp"

using namespace college_fixture;

namespace {

const std::string key_a(32, 'k');
const std::string key_b(32, 'l');
constexpr base::epoch_ms minute = 60'000;

template <class Unit>
auto run(college& here, Unit unit) {
    return here.pool.run_now(unit);
}

}  // namespace

TEST_CASE("sessions keep who is there and end") {
    college here;
    db::session made;
    made.openid = "oTest";
    made.person_id = student;
    made.level = db::sign_in_level::initial;
    made.way = db::sign_in_way::password;
    made.created_at = made.seen_at = noon;
    made.expires_at = noon + 60 * minute;
    run(here, [&](db::connection& db) { db::insert_session(db, key_a, made); });
    const auto found = run(here, [&](db::connection& db) { return db::find_session(db, key_a); });
    REQUIRE(found);
    CHECK(found->person_id == student);
    CHECK(found->level == db::sign_in_level::initial);
    CHECK(found->openid == "oTest");
    CHECK_FALSE(run(here, [&](db::connection& db) { return db::find_session(db, key_b); }));
    const auto sweep = [&](base::epoch_ms now) {
        return run(here, [&](db::connection& db) {
            return db::delete_ended_sessions(db, now, now - 30 * minute, 10);
        });
    };
    CHECK(sweep(noon + 29 * minute) == 0);
    CHECK_MESSAGE(sweep(noon + 30 * minute) == 1, "idle");
}

TEST_CASE("a student who has left is signed out by that") {
    college here;
    db::session made;
    made.openid = "oTest";
    made.person_id = student;
    made.created_at = made.seen_at = noon;
    made.expires_at = noon + 60 * minute;
    run(here, [&](db::connection& db) { db::insert_session(db, key_a, made); });
    run(here, [&](db::connection& db) { db.change("UPDATE people SET status = 'left'"); });
    const auto found = run(here, [&](db::connection& db) { return db::find_session(db, key_a); });
    REQUIRE(found);
    CHECK_FALSE(found->person_id);
    CHECK(found->openid == "oTest");
}

TEST_CASE("tries are counted in a sliding hour, each key for itself") {
    college here;
    const auto count = [&](const std::string& key, base::epoch_ms now) {
        return run(here, [&](db::connection& db) {
            db::count_try(db, key, now);
            return db::tries_in_window(db, key, now);
        });
    };
    CHECK(count(key_a, noon) == 1);
    CHECK(count(key_a, noon + 1000) == 2);
    CHECK(count(key_b, noon) == 1);
    CHECK(count(key_a, noon + 59 * minute) == 3);
    CHECK_MESSAGE(count(key_a, noon + 60 * minute) == 2, "the first two are an hour old");
    run(here, [&](db::connection& db) { db::forget_tries(db, key_a); });
    CHECK(count(key_a, noon + 60 * minute) == 1);
}

TEST_CASE("a WeChat account is bound to one student, and only by a password sign-in") {
    college here;
    const auto bind = [&](std::int64_t person, db::sign_in_level level) {
        run(here, [&](db::connection& db) { db::bind(db, "oTest", {person, level}, noon); });
    };
    bind(student, db::sign_in_level::initial);
    bind(other_student, db::sign_in_level::own);
    const auto found = run(here, [](db::connection& db) { return db::find_binding(db, "oTest"); });
    REQUIRE(found);
    CHECK(found->person_id == other_student);
    CHECK(found->level == db::sign_in_level::own);
    CHECK_THROWS_AS(bind(student, db::sign_in_level::identity), base::error);
    const auto unbind = [&](std::int64_t person) {
        return run(here, [&](db::connection& db) { return db::unbind(db, "oTest", person); });
    };
    CHECK_FALSE(unbind(student));
    CHECK(unbind(other_student));
}

TEST_CASE("of two returns with one state the first wins") {
    college here;
    db::oauth_state made;
    made.browser_hash = key_b;
    made.next_path = "/h5/";
    made.created_at = noon;
    run(here, [&](db::connection& db) { db::insert_oauth_state(db, key_a, made); });
    const auto claim = [&] {
        return run(here, [](db::connection& db) { return db::claim_oauth_state(db, key_a); });
    };
    CHECK(claim());
    CHECK_FALSE(claim());
    run(here, [](db::connection& db) {
        db::finish_oauth_state(db, key_a, db::oauth_step::done, "sealed");
    });
    const auto found =
        run(here, [](db::connection& db) { return db::find_oauth_state(db, key_a); });
    REQUIRE(found);
    CHECK(found->step == db::oauth_step::done);
    CHECK(found->session_token_sealed == "sealed");
}

TEST_CASE("a token has one renewer at a time") {
    college here;
    const auto claim = [&](const std::string& owner) {
        return run(here, [&](db::connection& db) {
            return db::claim_token(db, "app:token", owner, 30'000);
        });
    };
    CHECK(claim("one"));
    CHECK_FALSE(claim("two"));
    const auto store = [&](const std::string& owner) {
        return run(here, [&](db::connection& db) {
            return db::store_token(db, "app:token", owner, {"sealed", noon});
        });
    };
    CHECK_FALSE(store("two"));
    CHECK(store("one"));
    CHECK_MESSAGE(claim("two"), "storing ends the lease");
}

TEST_CASE("a repeated message finds its answer, and an old event undoes nothing") {
    college here;
    const auto see = [&] {
        return run(here, [](db::connection& db) { return db::see_message(db, "key", noon); });
    };
    CHECK(see().first);
    CHECK_FALSE(see().first);
    run(here, [](db::connection& db) { db::keep_answer(db, "key", "<xml/>"); });
    CHECK(see().answer == "<xml/>");
    const auto follow = [&](bool on, std::int64_t at) {
        run(here, [&](db::connection& db) { db::set_following(db, "oTest", on, at); });
        return here.database.value("SELECT following FROM followers");
    };
    CHECK(follow(true, 100) == "1");
    CHECK(follow(false, 99) == "1");
    CHECK(follow(false, 101) == "0");
}
