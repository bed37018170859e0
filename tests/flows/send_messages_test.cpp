#include "server/flows/send_messages.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "db/outbox.hpp"
#include "db/refunds.hpp"
#include "db/sessions.hpp"
#include "server/base/beijing.hpp"
#include "server/flows/answer_message.hpp"
#include "server/flows/check_templates.hpp"
#include "server/flows/parts.hpp"
#include "server/flows/pause.hpp"
#include "tests/db/college_fixture.hpp"
#include "tests/support/captured_stderr.hpp"
#include "tests/wechat/fakes.hpp"
#include "wechat/addresses.hpp"

using namespace college_fixture;

namespace {

using wechat::transport_result;

constexpr base::epoch_ms second = 1'000;
constexpr base::epoch_ms minute = 60 * second;

transport_result said(const std::string& json) {
    return fakes::plain_answer(200, json);
}
transport_result errcode(int code, const std::string& message = "no") {
    return said(
        R"({"errcode":)" + std::to_string(code) + R"(,"errmsg":")" + message + R"( rid: 1-2-3"})"
    );
}
const std::string ok = R"({"errcode":0,"errmsg":"ok"})";

// WeChat, made up: a token whenever one is wanted, then whatever the test lays out, then "ok".
class account_double final : public wechat::http_client {
public:
    std::vector<wechat::http_request> sends;
    std::deque<transport_result> answers;
    std::optional<transport_result> token_answer;
    std::set<std::string> dead_tokens;
    int tokens_given = 0;
    std::chrono::milliseconds token_takes{0};

    base::task<transport_result> exchange(wechat::http_request request, wechat::exchange_limits)
        override {
        if (request.url.find(wechat::addresses::stable_token) != std::string::npos) {
            if (token_answer) co_return *token_answer;
            if (token_takes.count() > 0) co_await flows::pause(token_takes);
            const auto name = "token" + std::to_string(++tokens_given);
            co_return said(R"({"access_token":")" + name + R"(","expires_in":7200})");
        }
        sends.push_back(request);
        const auto token = request.url.substr(request.url.find("access_token=") + 13);
        if (dead_tokens.count(token) > 0) co_return errcode(42001);
        if (answers.empty()) {
            const auto id = std::to_string(3428411849815982000 + static_cast<long>(sends.size()));
            co_return said(R"({"errcode":0,"errmsg":"ok","msgid":)" + id + "}");
        }
        auto answer = std::move(answers.front());
        answers.pop_front();
        co_return answer;
    }

    bool sent_to(std::size_t which, const std::string& openid) const {
        return sends.at(which).body.find("\"touser\":\"" + openid + "\"") != std::string::npos;
    }
    bool by_template(std::size_t which) const {
        return sends.at(which).url.find(wechat::addresses::template_message) != std::string::npos;
    }
};

base::conf settings(bool templates) {
    base::conf out;
    out.server.public_url = "https://pay.example.edu.cn";
    out.security.master_key = base::secret{std::string(32, 'k')};
    out.school.name = "某校";
    out.account.app_id = "wx1";
    out.account.mode = "plain";
    out.account.token = base::secret{"callbackToken"};
    if (templates) {
        out.account.paid_template.id = "TPL_PAID";
        out.account.paid_template.fields = {
            {"thing1", "items"},
            {"amount2", "amount"},
            {"time3", "time"},
            {"character_string4", "order_no"},
            {"name5", "student"},
            {"phrase6", "=已支付"}};
    }
    return out;
}

// The college with its account at work.
struct office : college {
    explicit office(bool templates = false)
        : conf{settings(templates)}, with{conf, pool, pool, net}, clock{[this] { return now; }} {
        database.execute("UPDATE people SET name = '甲乙' WHERE id = 11");
    }

    base::conf conf;
    account_double net;
    flows::parts with;
    base::epoch_ms now = noon + 2 * minute;
    int refunds = 0;
    bool keeps_age = false;
    base::clock_override clock;

    void pay_order(const std::string& number = "CP0001") {
        open(number, {1, 2}, 630000);
        pay(fact(number, 630000));
    }
    // Of CP0001, asked for, released and paid back.
    void refund(std::vector<rules::refund_part> parts) {
        db::refund_wish wish;
        wish.order_no = "CP0001";
        wish.parts = std::move(parts);
        wish.reason_text = "误缴退款";
        wish.request_id = "refund" + std::to_string(++refunds);
        wish.request_hash = base::sha256(wish.request_id);
        wish.by = "finance:li";
        wish.now = noon + 100'000;
        wish.provider_body = [](const db::refund&) { return std::string{"{}"}; };
        pool.run_now([&](db::connection& db) {
            const auto made = db::ask_refund(db, wish).made;
            db::decide_refund(db, made.out_refund_no, db::decision::release, "finance:wang", noon);
            db::refund_fact fact;
            fact.mch_id = mch_id;
            fact.out_refund_no = made.out_refund_no;
            fact.refund_id = "50" + made.out_refund_no;
            fact.event = rules::refund_event::succeeded;
            fact.created_at = noon + 110'000;
            fact.succeeded_at = noon + 2 * minute;
            fact.amount = made.amount;
            REQUIRE(db::apply_refund_fact(db, fact, now) == db::fact_outcome::applied);
        });
    }
    int send() {
        // What the fixture books on some day is new by the database's clock.
        if (!keeps_age) {
            database.execute(
                "UPDATE outbox SET created_ms = UNIX_TIMESTAMP() * 1000 WHERE tries = 0"
            );
        }
        return fakes::run(flows::send_messages_once(with));
    }
    // So much time passes for the outbox, by everybody's clock.
    void pass(base::epoch_ms ms) {
        now += ms;
        const auto text = std::to_string(ms);
        database.execute(
            "UPDATE outbox SET next_try_ms = next_try_ms - " + text +
            ", created_ms = created_ms - " + text
        );
    }
    bool look_after() { return fakes::run(flows::look_after_messages(with)); }
    void bind(const std::string& openid, base::epoch_ms at) {
        pool.run_now([&](db::connection& db) {
            db::bind(db, openid, {student, db::sign_in_level::own}, at);
        });
    }
    std::string of(const std::string& column, const std::string& key = "paid:CP0001") const {
        return database.value(
            "SELECT COALESCE(" + column + ", 'none') FROM outbox WHERE business_key = '" + key + "'"
        );
    }
    base::epoch_ms database_now() const {
        return std::stoll(database.value("SELECT UNIX_TIMESTAMP() * 1000"));
    }
    base::epoch_ms wait() const { return std::stoll(of("next_try_ms")) - database_now(); }
    // A signed delivery of WeChat, as the account's server address gets it.
    void event(const std::string& fields) {
        const auto at = std::to_string(now / 1000);
        std::vector<std::string> sorted{"callbackToken", at, "n"};
        std::sort(sorted.begin(), sorted.end());
        flows::callback_request came;
        came.query = {
            {"signature", base::to_hex(base::sha1(sorted[0] + sorted[1] + sorted[2]))},
            {"timestamp", at},
            {"nonce", "n"}};
        came.body =
            "<xml><ToUserName>gh_1</ToUserName><FromUserName>oTest</FromUserName>"
            "<CreateTime>" +
            at + "</CreateTime><MsgType>event</MsgType>" + fields + "</xml>";
        const auto answer = fakes::run(flows::answer_message(with, came));
        REQUIRE(answer);
        CHECK(*answer == "success");
    }
};

}  // namespace

TEST_CASE("without a template the payer gets a text, once") {
    office here;
    here.pay_order();
    CHECK(here.send() == 1);
    CHECK(here.send() == 0);
    REQUIRE(here.net.sends.size() == 1);
    CHECK_FALSE(here.net.by_template(0));
    CHECK(here.net.sent_to(0, "oTest"));
    const auto& body = here.net.sends[0].body;
    for (const auto* part :
         {"甲*同学的缴费已到账",
          "2026 学费 5,300.00",
          "2026 住宿费 1,000.00",
          "金额：6,300.00 元",
          "时间：2026年11月22日 12:01",
          "订单号：CP0001",
          "https://pay.example.edu.cn/h5/order?no=CP0001"}) {
        CAPTURE(std::string{part});
        CHECK(body.find(part) != std::string::npos);
    }
    CHECK(here.of("state") == "sent");
    CHECK(here.of("way") == "text");
    CHECK(here.of("openid") == "oTest");
    CHECK(here.with.messages.sent == 1);
}

TEST_CASE("with a template the school's keys are filled, and a repeat is recognisable") {
    office here{true};
    here.pay_order();
    CHECK(here.send() == 1);
    REQUIRE(here.net.sends.size() == 1);
    CHECK(here.net.by_template(0));
    CHECK(
        here.net.sends[0].body ==
        R"({"touser":"oTest","template_id":"TPL_PAID",)"
        R"("url":"https://pay.example.edu.cn/h5/order?no=CP0001","client_msg_id":")" +
            here.of("id") +
            R"(","data":{"amount2":{"value":"6300.00元"},"character_string4":{"value":"CP0001"},)"
            R"("name5":{"value":"甲*"},"phrase6":{"value":"已支付"},)"
            R"("thing1":{"value":"2026 学费、住宿费"},"time3":{"value":"2026年11月22日 12:01"}}})"
    );
    CHECK(here.of("state") == "sent");
    CHECK(here.of("way") == "template");
    CHECK(here.of("msgid") == "3428411849815982001");
}

TEST_CASE("late money is told as what it is, and never by the school's template") {
    office here{true};
    here.open("CP0001", {1, 2}, 630000);
    here.close("CP0001");
    here.open("CP0002", {1}, 530000);
    here.pay(college::fact("CP0002", 530000));
    here.pay(college::fact("CP0001", 630000));
    CHECK(here.send() == 2);
    REQUIRE(here.net.sends.size() == 2);
    const std::size_t late = here.net.by_template(0) ? 1 : 0;
    CHECK(here.net.by_template(1 - late));
    CHECK_FALSE(here.net.by_template(late));
    const auto& body = here.net.sends[late].body;
    CHECK(body.find("其中 5,300.00 元暂时没有对应的待缴费用") != std::string::npos);
    CHECK(body.find("已到账") == std::string::npos);
}

TEST_CASE("a refund is told with what went back, why, and how") {
    office here;
    here.pay_order();
    here.send();
    here.refund({{2, base::fen{40000}}});
    SUBCASE("as a text") {
        CHECK(here.send() == 1);
        CHECK_FALSE(here.net.by_template(1));
        CHECK(here.net.sent_to(1, "oTest"));
        const auto& body = here.net.sends[1].body;
        for (const auto* part :
             {"甲*同学的退款已原路退回",
              "2026 住宿费 400.00",
              "原因：误缴退款",
              "金额：400.00 元",
              "时间：2026年11月22日 12:02",
              "订单号：CP0001",
              "/h5/order?no=CP0001"}) {
            CAPTURE(std::string{part});
            CHECK(body.find(part) != std::string::npos);
        }
    }
    SUBCASE("by the school's template") {
        here.conf.account.refunded_template.id = "TPL_BACK";
        here.conf.account.refunded_template.fields = {
            {"character_string1", "refund_no"}, {"amount2", "amount"}, {"thing3", "reason"}};
        CHECK(here.send() == 1);
        CHECK(here.net.by_template(1));
        CHECK(
            here.net.sends[1].body.find(
                R"("data":{"amount2":{"value":"400.00元"},"character_string1":{"value":)"
                R"("CP0001R01"},"thing3":{"value":"误缴退款"}}})"
            ) != std::string::npos
        );
    }
    CHECK(here.of("state", "refunded:CP0001R01") == "sent");
    // Each kind rests by itself.
    here.refund({{1, base::fen{100}}});
    here.net.answers = {errcode(48001)};
    support::captured_stderr([&] { here.send(); });
    here.open("CP0002", {3}, 48650);
    auto other = college::fact("CP0002", 48650);
    other.mch_id = "1900000002";
    here.pay(other);
    CHECK(here.send() == 1);
    CHECK(here.of("state", "paid:CP0002") == "sent");
    CHECK(here.of("state", "refunded:CP0001R02") == "queued");
}

TEST_CASE("money that no bill had taken goes back under its own name") {
    office here;
    here.open("CP0001", {1}, 530000);
    here.close("CP0001");
    here.open("CP0002", {1}, 530000);
    here.pay(college::fact("CP0002", 530000));
    here.pay(college::fact("CP0001", 530000));
    here.send();
    here.refund({});
    CHECK(here.send() == 1);
    CHECK(here.net.sends.back().body.find("\\n多付款项 5,300.00\\n") != std::string::npos);
}

TEST_CASE("whom to tell: the payer, else who is bound, the newest first, else nobody") {
    office here;
    SUBCASE("the payer does not follow") {
        here.bind("oOld", noon);
        here.bind("oNew", noon + 1);
        here.pay_order();
        here.net.answers = {errcode(45015), errcode(43004)};
        here.send();
        REQUIRE(here.net.sends.size() == 3);
        CHECK(here.net.sent_to(0, "oTest"));
        CHECK(here.net.sent_to(1, "oNew"));
        CHECK(here.net.sent_to(2, "oOld"));
        CHECK(here.of("state") == "sent");
        CHECK(here.of("openid") == "oOld");
    }
    SUBCASE("the payer is bound as well: he is told once") {
        here.bind("oTest", noon);
        here.pay_order();
        here.net.answers = {errcode(45015)};
        here.send();
        CHECK(here.net.sends.size() == 1);
        CHECK(here.of("state") == "skipped");
        CHECK(here.of("reason") == "not_reachable");
        CHECK(here.of("last_code") == "45015");
    }
    SUBCASE("paid outside WeChat, and bound") {
        here.bind("oBound", noon);
        here.pay_order();
        here.database.execute("UPDATE orders SET channel = 'native', openid = NULL");
        here.send();
        REQUIRE(here.net.sends.size() == 1);
        CHECK(here.net.sent_to(0, "oBound"));
    }
    SUBCASE("nobody") {
        here.pay_order();
        here.database.execute("UPDATE orders SET channel = 'native', openid = NULL");
        const auto told = support::captured_stderr([&] { here.send(); });
        CHECK(here.net.sends.empty());
        CHECK(here.of("state") == "skipped");
        CHECK(here.of("reason") == "nobody_to_tell");
        CHECK_MESSAGE(told.find("alarm") == std::string::npos, "no fault of ours");
        CHECK(here.with.messages.skipped == 1);
    }
}

TEST_CASE("WeChat's answers, and what becomes of the message") {
    struct row {
        transport_result answer;
        const char* state;
        const char* reason;
        base::epoch_ms wait_min;
        base::epoch_ms wait_max;
        bool alarm;
    };
    constexpr auto day = 24 * 60 * minute;
    const row rows[] = {
        {errcode(-1), "queued", "busy", 5 * second, 7 * second, false},
        {errcode(45011), "queued", "too_fast", minute, 76 * second, false},
        {errcode(43117), "queued", "busy", 5 * second, 7 * second, false},
        {errcode(45009), "queued", "quota", 5 * minute, day + 8 * minute, true},
        {errcode(48001), "queued", "settings", minute, 76 * second, true},
        {errcode(40164), "queued", "settings", minute, 76 * second, true},
        {errcode(99999), "queued", "settings", minute, 76 * second, true},
        {errcode(43004), "skipped", "not_reachable", 0, 0, false},
        {errcode(43101), "skipped", "not_reachable", 0, 0, false},
        {errcode(45015), "skipped", "not_reachable", 0, 0, false},
        {errcode(45002), "failed", "content_refused", 0, 0, true},
        {errcode(47003), "failed", "content_refused", 0, 0, true},
        {transport_result::not_sent("no route"), "queued", "busy", 5 * second, 7 * second, false},
    };
    for (const auto& one : rows) {
        for (const bool templates : {false, true}) {
            CAPTURE(std::string{one.reason});
            CAPTURE(one.answer.answer.body);
            office here{templates};
            here.pay_order();
            here.net.answers = {one.answer};
            const auto told = support::captured_stderr([&] { here.send(); });
            CHECK(here.of("state") == one.state);
            CHECK(here.of("reason") == one.reason);
            if (here.of("state") == "queued") {
                const auto next = base::to_rfc3339(std::stoll(here.of("next_try_ms")));
                const bool tomorrow = next.find("T00:0") != std::string::npos;
                if (here.of("reason") == "quota") CHECK_MESSAGE(tomorrow, next);
                // The database has gone on by some seconds.
                CHECK(here.wait() >= one.wait_min - 4 * second);
                CHECK(here.wait() <= one.wait_max + second);
                CHECK_MESSAGE(here.send() == 0, "not before its time");
            }
            CHECK((told.find("\"level\":\"alarm\"") != std::string::npos) == one.alarm);
            CHECK_MESSAGE(told.find("oTest") == std::string::npos, "no openid in a log");
        }
    }
}

TEST_CASE("the reader's few texts are used up: final for a text, not for a template") {
    for (const bool templates : {false, true}) {
        office here{templates};
        here.pay_order();
        here.net.answers = {errcode(45047)};
        here.send();
        CHECK(here.of("state") == (templates ? "queued" : "skipped"));
    }
}

TEST_CASE("a fault of the template names its key in the log") {
    office here{true};
    here.pay_order();
    here.net.answers = {errcode(47003, "argument invalid! data.thing1.value invalid")};
    const auto told = support::captured_stderr([&] { here.send(); });
    CHECK(told.find(R"("template_key":"thing1")") != std::string::npos);
    CHECK(told.find(R"("wechat_code":"47003")") != std::string::npos);
}

TEST_CASE("a refused token is renewed and the message sent within the same try") {
    office here;
    here.pay_order();
    here.net.answers = {errcode(40001), said(ok)};
    here.send();
    CHECK(here.net.sends.size() == 2);
    CHECK(here.net.tokens_given == 2);
    CHECK(here.of("state") == "sent");
    CHECK(here.of("tries") == "1");
    here.refund({{1, base::fen{100}}});
    here.net.answers = {errcode(42001), errcode(40001)};
    support::captured_stderr([&] { CHECK(here.send() == 1); });
    CHECK_MESSAGE(here.net.sends.size() == 4, "renewed once, and then a person must look");
    CHECK(here.of("reason", "refunded:CP0001R01") == "settings");
}

TEST_CASE("a token refused to many at once is renewed by one, and the others wait for the new one"
) {
    office here;
    for (int i = 1; i <= 3; ++i) {
        here.pool.run_now([&](db::connection& db) {
            db::queue_message(db, "paid", "paid:CP000" + std::to_string(i), student, noon);
        });
    }
    here.open("CP0001", {1}, 530000);
    here.open("CP0002", {2}, 100000);
    here.open("CP0003", {4}, 530000, "", other_student);
    here.database.execute("UPDATE orders SET state = 'paid', paid_ms = 1");
    here.net.dead_tokens = {"token1"};
    here.net.token_takes = std::chrono::milliseconds{500};
    CHECK(here.send() == 3);
    CHECK(here.net.tokens_given == 2);
    CHECK(here.database.value("SELECT COUNT(*) FROM outbox WHERE state = 'sent'") == "3");
}

TEST_CASE("no token is to be had: nothing was sent, and the message waits") {
    office here;
    here.pay_order();
    SUBCASE("WeChat hangs") {
        here.net.token_answer = transport_result::unknown("timed out");
        here.send();
        CHECK(here.of("reason") == "busy");
        CHECK(here.of("unsure") == "0");
    }
    SUBCASE("the secret is wrong") {
        here.net.token_answer = errcode(40125);
        here.send();
        CHECK(here.of("reason") == "settings");
    }
    CHECK(here.net.sends.empty());
    CHECK(here.of("state") == "queued");
}

TEST_CASE("an unknown outcome is tried again with the same id, and a text not for ever") {
    for (const bool templates : {true, false}) {
        office here{templates};
        here.pay_order();
        for (int i = 0; i < 20; ++i) {
            here.net.answers.push_back(transport_result::unknown("broke off"));
        }
        int tries = 0;
        while (here.of("state") == "queued" && tries < 20) {
            CHECK(here.send() == 1);
            ++tries;
            here.pass(2 * 60 * minute);
        }
        CHECK(tries == (templates ? 10 : 4));
        CHECK(here.of("state") == "failed");
        CHECK(here.of("reason") == "outcome_unknown");
        if (!templates) continue;
        for (const auto& one : here.net.sends) {
            CHECK(one.body == here.net.sends[0].body);
        }
    }
}

TEST_CASE("an account that is refused rests; another kind does not, and each minute it is tried") {
    office here;
    here.pay_order("CP0001");
    here.net.answers = {errcode(45011)};
    CHECK(here.send() == 1);
    here.open("CP0002", {3}, 48650);
    auto second_order = college::fact("CP0002", 48650);
    second_order.mch_id = "1900000002";
    here.pay(second_order);
    CHECK_MESSAGE(here.send() == 0, "the kind rests");
    CHECK(here.of("tries", "paid:CP0002") == "0");
    here.pass(minute);
    CHECK(here.send() == 1);
    here.pass(minute);
    CHECK(here.send() == 1);
    CHECK(here.of("state", "paid:CP0001") == "sent");
    CHECK(here.of("state", "paid:CP0002") == "sent");
}

TEST_CASE("one message that cannot be handled is parked in the end, and others go on") {
    office here;
    here.pay_order();
    here.open("CP0002", {3}, 48650);
    auto good = college::fact("CP0002", 48650);
    good.mch_id = "1900000002";
    here.pay(good);
    here.pool.run_now([](db::connection& db) {
        db::queue_message(db, "paid", "paid:NONE", student, noon);
    });
    // The sum over the first order's lines overflows, which throws whatever is tried.
    here.database.execute(
        "UPDATE order_lines SET credited_fen = -9223372036854775807 WHERE item_id IN (1, 2)"
    );
    const auto log = support::captured_stderr([&] { CHECK(here.send() == 3); });
    CHECK(here.of("state", "paid:CP0002") == "sent");
    CHECK(here.of("state", "paid:NONE") == "failed");
    CHECK(here.of("reason", "paid:NONE") == "not_found");
    CHECK(here.of("state") == "queued");
    CHECK(here.of("strikes") == "1");
    CHECK(log.find("message.try_failed") != std::string::npos);
    for (int i = 0; i < 30 && here.of("state") == "queued"; ++i) {
        here.pass(20 * minute);
        support::captured_stderr([&] { here.send(); });
    }
    CHECK(here.of("state") == "failed");
    CHECK(here.of("reason") == "keeps_failing");
    CHECK(here.of("tries") == "9");
    CHECK(here.net.sends.size() == 1);
}

TEST_CASE("three days late is too late, but each message has its one try") {
    office here;
    here.pay_order();
    here.database.execute("UPDATE outbox SET created_ms = UNIX_TIMESTAMP() * 1000");
    here.keeps_age = true;
    here.pass(4LL * 24 * 60 * minute);
    here.net.answers = {errcode(-1)};
    CHECK(here.send() == 1);
    CHECK(here.net.sends.size() == 1);
    here.pass(minute);
    CHECK(here.send() == 1);
    CHECK(here.net.sends.size() == 1);
    CHECK(here.of("state") == "failed");
    CHECK(here.of("reason") == "too_old");
}

TEST_CASE("what WeChat tells about a template message is kept, before or after our own note") {
    office here{true};
    here.pay_order();
    const std::string mine =
        "<Event>TEMPLATESENDJOBFINISH</Event><MsgID>3428411849815982001</MsgID>";
    SUBCASE("delivered, told before the send was settled") {
        here.event(mine + "<Status>success</Status>");
        here.look_after();
        CHECK(here.of("delivery") == "none");
        here.send();
        here.look_after();
        CHECK(here.of("delivery") == "delivered");
    }
    SUBCASE("the reader refuses messages: told once, and that was all") {
        here.send();
        here.event(mine + "<Status>failed:user block</Status>");
        here.look_after();
        CHECK(here.of("delivery") == "blocked");
        CHECK(here.of("state") == "sent");
    }
    SUBCASE("WeChat itself failed: once more, later") {
        here.send();
        here.event(mine + "<Status>failed: system failed</Status>");
        here.look_after();
        CHECK(here.of("state") == "queued");
        CHECK(here.wait() >= 15 * minute - 4 * second);
        here.pass(20 * minute);
        CHECK(here.send() == 1);
        CHECK(here.of("state") == "sent");
        CHECK(here.of("msgid") == "3428411849815982002");
    }
    SUBCASE("the same event twice, and nonsense") {
        here.send();
        here.event(mine + "<Status>success</Status>");
        here.event(mine + "<Status>success</Status>");
        here.event("<Event>TEMPLATESENDJOBFINISH</Event><MsgID>x'1</MsgID><Status>success</Status>"
        );
        here.event("<Event>TEMPLATESENDJOBFINISH</Event><Status>success</Status>");
        here.event("<Event>TEMPLATESENDJOBFINISH</Event><MsgID>7</MsgID><Status>?</Status>");
        CHECK(here.database.value("SELECT COUNT(*) FROM template_deliveries") == "1");
        here.look_after();
        CHECK(here.of("delivery") == "delivered");
    }
}

TEST_CASE("many words of WeChat are written down piece by piece") {
    office here{true};
    here.database.execute(
        "INSERT INTO outbox (id, kind, business_key, state, next_try_ms, created_ms, msgid) "
        "SELECT seq, 'paid', CONCAT('paid:X', seq), 'sent', 0, 0, seq FROM seq_1_to_70"
    );
    here.database.execute(
        "INSERT INTO template_deliveries (msgid, result, told_ms) "
        "SELECT seq, 'delivered', 1 FROM seq_1_to_70"
    );
    CHECK(here.look_after());
    CHECK_FALSE(here.look_after());
    CHECK(here.database.value("SELECT COUNT(*) FROM outbox WHERE delivery = 'delivered'") == "70");
}

TEST_CASE("the outbox is counted for whoever watches") {
    office here;
    here.pay_order();
    here.look_after();
    CHECK(here.with.messages.queued_now == 1);
    CHECK(here.with.messages.oldest_at == noon + 61'000);
    here.net.answers = {errcode(47003)};
    support::captured_stderr([&] { here.send(); });
    here.look_after();
    CHECK(here.with.messages.queued_now == 0);
    CHECK(here.with.messages.failed_now == 1);
    CHECK(here.with.messages.oldest_at == 0);
}

TEST_CASE("the doctor compares the templates of the configuration with those of the account") {
    const std::string list =
        R"({"template_list":[{"template_id":"TPL_PAID","title":"缴费成功通知","content":)"
        R"("{{thing1.DATA}} {{amount2.DATA}} {{time3.DATA}} {{character_string4.DATA}})";
    const auto flaws = [](office& here, const transport_result& answer) {
        here.net.answers = {answer};
        return fakes::run(flows::check_templates(here.with));
    };
    office none;
    CHECK(fakes::run(flows::check_templates(none.with)).empty());
    CHECK_MESSAGE(none.net.sends.empty(), "nothing is asked where none is configured");

    office here{true};
    CHECK(flaws(here, said(list + R"( {{name5.DATA}}{{phrase6.DATA}}"}]})")).empty());
    const auto two = flaws(here, said(list + R"( {{name5.DATA}} {{thing7.DATA}}"}]})"));
    REQUIRE(two.size() == 2);
    CHECK(two[0].find("thing7") != std::string::npos);
    CHECK(two[1].find("phrase6") != std::string::npos);
    const auto absent = flaws(here, said(R"({"template_list":[]})"));
    REQUIRE(absent.size() == 1);
    CHECK(absent[0].find("TPL_PAID") != std::string::npos);
    CHECK(flaws(here, errcode(48001)).size() == 1);
    CHECK(flaws(here, transport_result::unknown("timed out")).size() == 1);
}
