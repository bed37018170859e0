#include "server/routes/session_routes.hpp"

#include "server/base/clock.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/flows/account_tokens.hpp"
#include "server/flows/sign_in.hpp"
#include "server/flows/sign_page.hpp"
#include "server/flows/visitors.hpp"
#include "server/routes/guard.hpp"
#include "server/routes/json.hpp"
#include "server/rules/masks.hpp"

namespace routes {
namespace {

void write_student(json_writer& out, const flows::profile& student) {
    const auto& who = student.who;
    out.object("student", [&] {
        // A new student without a number is known by his masked ID number.
        const auto id_number = rules::masked_id_number(student.id_number);
        out.text("student_no", who.student_no.empty() ? id_number : who.student_no);
        out.text("name", rules::masked_name(who.name));
        out.text("id_number", id_number);
        out.text("college", who.college);
        out.text("major", who.major);
        out.text("class_name", who.class_name);
        out.text("grade", who.grade);
    });
}

}  // namespace

base::task<http::reply> session_reply(flows::parts& with, flows::visitor who) {
    const auto here = co_await flows::standing_of(with, std::move(who));
    json_writer out;
    out.object([&] {
        out.flag("signed_in", here.student.has_value());
        out.text("csrf_token", here.who.csrf_token);
        if (here.student) {
            out.text("level", db::name_of(here.who.level));
            out.text("way", db::name_of(here.who.way));
            if (here.who.must_change_password()) out.flag("must_change_password", true);
            write_student(out, *here.student);
        }
        out.object("wechat", [&] {
            out.flag("known", !here.who.openid.empty());
            out.flag("bound", here.bound);
            out.flag("can_bind", here.can_bind);
            out.flag("can_sign_in", here.can_sign_in);
        });
    });
    auto answer = out.reply();
    if (!here.who.brought) set_session_cookie(answer, here.who);
    co_return answer;
}

namespace {

base::task<http::reply> get_site(flows::parts& with, const http::request&) {
    json_writer out;
    out.object([&] {
        out.text("school", with.conf.school.name);
        out.text("platform", with.conf.school.platform);
        out.text("account_name", with.conf.account.name);
        out.text("help", with.conf.school.help);
        out.flag("password_recovery", with.conf.security.password_recovery != "off");
    });
    co_return out.reply();
}

// The same for everybody, and it changes only with the configuration.
base::task<http::reply> get_english_names(flows::parts& with, const http::request&) {
    json_writer out;
    out.object([&] {
        out.object("names", [&] {
            for (const auto& [chinese, english] : with.conf.school.english) {
                out.text(chinese, english);
            }
        });
    });
    auto answer = out.reply();
    answer.with("Cache-Control", "public, max-age=600");
    co_return answer;
}

base::task<http::reply> get_session(flows::parts& with, const http::request& asked) {
    auto who = co_await visitor_of(with, asked);
    auto answer = co_await session_reply(with, std::move(who));
    co_return answer;
}

base::task<http::reply> sign_in(flows::parts& with, const http::request& asked) {
    auto who = co_await visitor_of(with, asked);
    require_own_page(with, asked, who);
    const json_object form{asked.body};
    const auto way = form.text("way", 16);
    if (way == "password") {
        flows::password_entry entry;
        entry.username = form.text("username", 64);
        entry.password = form.text("password", 128);
        who = co_await flows::sign_in_by_password(
            with, who, entry, asked.peer, db::sign_in_place::h5
        );
    } else if (way == "identity") {
        flows::identity_entry entry;
        entry.id_number = form.text("id_number", 64);
        entry.name = form.text("name", 128);
        who = co_await flows::sign_in_by_identity(with, who, entry, asked.peer);
    } else {
        throw base::error{base::errc::bad_request, "way"};
    }
    auto answer = co_await session_reply(with, std::move(who));
    co_return answer;
}

base::task<http::reply> sign_in_by_wechat(flows::parts& with, const http::request& asked) {
    auto who = co_await visitor_of(with, asked);
    require_own_page(with, asked, who);
    who = co_await flows::sign_in_by_wechat(with, who);
    auto answer = co_await session_reply(with, std::move(who));
    co_return answer;
}

base::task<http::reply> sign_out(flows::parts& with, const http::request& asked) {
    auto who = co_await visitor_of(with, asked);
    require_own_page(with, asked, who);
    who = co_await flows::sign_out(with, who);
    auto answer = co_await session_reply(with, std::move(who));
    co_return answer;
}

base::task<http::reply> bind(flows::parts& with, const http::request& asked) {
    auto who = co_await visitor_of(with, asked);
    require_own_page(with, asked, who);
    co_await flows::bind_wechat(with, who);
    auto answer = co_await session_reply(with, std::move(who));
    co_return answer;
}

base::task<http::reply> unbind(flows::parts& with, const http::request& asked) {
    auto who = co_await visitor_of(with, asked);
    require_own_page(with, asked, who);
    co_await flows::unbind_wechat(with, who);
    auto answer = co_await session_reply(with, std::move(who));
    co_return answer;
}

base::task<http::reply> get_jssdk(flows::parts& with, const http::request& asked) {
    const auto who = co_await visitor_of(with, asked);
    if (who.openid.empty()) throw base::error{base::errc::wechat_identity_needed};
    const auto* url = asked.query_value("url");
    if (!url) throw base::error{base::errc::bad_request, "url"};
    const auto made = co_await flows::sign_page(with, *url);
    json_writer out;
    out.object([&] {
        out.text("appId", made.app_id);
        out.number("timestamp", made.timestamp_s);
        out.text("nonceStr", made.nonce);
        out.text("signature", made.signature);
    });
    co_return out.reply();
}

}  // namespace

void add_session_routes(http::router& table, flows::parts& with) {
    const auto add = [&](http::verb method, std::string path, story tell) {
        add_story(table, with, method, std::move(path), tell, 8 * 1024);
    };
    add(http::verb::get, "/site", get_site);
    add(http::verb::get, "/site/english", get_english_names);
    add(http::verb::get, "/session", get_session);
    add(http::verb::post, "/session", sign_in);
    add(http::verb::del, "/session", sign_out);
    add(http::verb::post, "/session/wechat", sign_in_by_wechat);
    add(http::verb::post, "/binding", bind);
    add(http::verb::del, "/binding", unbind);
    add(http::verb::get, "/wechat/jssdk", get_jssdk);
}

}  // namespace routes
