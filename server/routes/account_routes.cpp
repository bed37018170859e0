#include "server/routes/account_routes.hpp"

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/flows/captcha.hpp"
#include "server/flows/own_password.hpp"
#include "server/flows/personal_data.hpp"
#include "server/flows/recover_password.hpp"
#include "server/flows/sign_in.hpp"
#include "server/routes/guard.hpp"
#include "server/routes/json.hpp"
#include "server/routes/session_routes.hpp"
#include "server/rules/contact.hpp"
#include "server/rules/masks.hpp"

namespace routes {
namespace {

constexpr std::size_t password_bytes_max = 256;

std::string password_in(const json_object& form, const char* name) {
    return form.text(name, password_bytes_max);
}

std::int64_t captcha_in(const json_object& form) {
    const auto id = id_of(form.text("captcha", 64));
    if (!id) throw base::error{base::errc::captcha_wrong};
    return *id;
}

std::vector<rules::question_answer> answers_in(const json_object& form) {
    std::vector<rules::question_answer> out;
    for (const auto& one : form.objects("answers", 5)) {
        out.push_back({one.text("question", 32), one.text("answer", 256)});
    }
    return out;
}

// A visitor on a page of ours, signed in or not.
base::task<flows::visitor> caller_of(flows::parts& with, const http::request& asked) {
    auto who = co_await visitor_of(with, asked);
    require_own_page(with, asked, who);
    co_return who;
}

base::task<flows::visitor> student_of(flows::parts& with, const http::request& asked) {
    auto who = co_await caller_of(with, asked);
    require_student(who);
    co_return who;
}

// ---- captcha and signing in

base::task<http::reply> make_captcha(flows::parts& with, const http::request& asked) {
    const auto who = co_await caller_of(with, asked);
    const json_object wish{asked.body};
    const auto form = wish.text("form", 16);
    if (form != "picture" && form != "question") throw base::error{base::errc::bad_request, "form"};
    const bool seen = form == "picture";
    const auto wanted = seen ? flows::captcha_form::picture : flows::captcha_form::question;
    const auto made = co_await flows::make_captcha(with, who, wanted, asked.peer);
    json_writer out;
    out.object([&] {
        out.text("captcha", std::to_string(made.id));
        out.text("form", form);
        if (seen) {
            out.text("picture", "data:image/png;base64," + base::to_base64(made.picture));
        } else {
            out.text("question", made.question);
        }
        out.number("expires_at", made.expires_at);
    });
    co_return out.reply();
}

base::task<http::reply> sign_in_to_portal(flows::parts& with, const http::request& asked) {
    auto who = co_await caller_of(with, asked);
    const json_object form{asked.body};
    flows::password_entry entry;
    entry.username = form.text("username", 64);
    entry.password = password_in(form, "password");
    const auto captcha = captcha_in(form);
    auto answer = form.text("captcha_answer", 64);
    co_await flows::require_captcha(with, who, captcha, std::move(answer));
    who = co_await flows::sign_in_by_password(
        with, who, entry, asked.peer, db::sign_in_place::portal
    );
    auto reply = co_await session_reply(with, std::move(who));
    co_return reply;
}

// ---- passwords and questions

base::task<http::reply> questions_reply(flows::parts& with, flows::visitor who) {
    const auto chosen = co_await flows::chosen_questions(with, std::move(who));
    json_writer out;
    out.object([&] {
        out.array("questions", [&] {
            for (const auto& one : rules::security_questions()) {
                out.object([&] {
                    out.text("question", one.id);
                    out.text("text", one.text);
                });
            }
        });
        out.number("needed", static_cast<std::int64_t>(rules::questions_needed));
        out.texts("chosen", chosen);
    });
    co_return out.reply();
}

base::task<http::reply> get_questions(flows::parts& with, const http::request& asked) {
    auto who = co_await visitor_of(with, asked);
    auto answer = co_await questions_reply(with, std::move(who));
    co_return answer;
}

base::task<http::reply> change_questions(flows::parts& with, const http::request& asked) {
    auto who = co_await student_of(with, asked);
    const json_object form{asked.body};
    auto answers = answers_in(form);
    auto password = password_in(form, "password");
    co_await flows::change_security(with, who, std::move(password), std::move(answers), asked.peer);
    auto answer = co_await questions_reply(with, std::move(who));
    co_return answer;
}

base::task<http::reply> set_first_password(flows::parts& with, const http::request& asked) {
    auto who = co_await caller_of(with, asked);
    const json_object form{asked.body};
    auto password = password_in(form, "new_password");
    auto answers = answers_in(form);
    who = co_await flows::set_first_password(
        with, std::move(who), std::move(password), std::move(answers)
    );
    auto answer = co_await session_reply(with, std::move(who));
    co_return answer;
}

base::task<http::reply> change_password(flows::parts& with, const http::request& asked) {
    auto who = co_await student_of(with, asked);
    const json_object form{asked.body};
    auto present = password_in(form, "password");
    auto wanted = password_in(form, "new_password");
    co_await flows::change_password(with, who, std::move(present), std::move(wanted), asked.peer);
    auto answer = co_await session_reply(with, std::move(who));
    co_return answer;
}

// ---- recovery

std::int64_t recovery_in(const http::request& asked) {
    const auto id = id_of(asked.parameter("recovery"));
    if (!id) throw base::error{base::errc::recovery_not_possible};
    return *id;
}

http::reply recovery_reply(const flows::parts& with, const db::recovery& one) {
    json_writer out;
    out.object([&] {
        out.text("recovery", std::to_string(one.id));
        out.text("state", db::name_of(one.state));
        out.array("questions", [&] {
            for (const auto& id : rules::split_questions(one.questions)) {
                out.object([&] {
                    out.text("question", id);
                    out.text("text", rules::question_text(id));
                });
            }
        });
        out.number("expires_at", one.expires_at);
        if (one.state == db::recovery_state::waiting_for_wechat) {
            out.text("wechat_url", with.page("/h5/recovery"));
        }
    });
    return out.reply();
}

base::task<http::reply> begin_recovery(flows::parts& with, const http::request& asked) {
    const auto who = co_await caller_of(with, asked);
    const json_object form{asked.body};
    auto username = form.text("username", 64);
    const auto captcha = captcha_in(form);
    auto answer = form.text("captcha_answer", 64);
    const auto begun = co_await flows::begin_recovery(
        with, who, std::move(username), captcha, std::move(answer), asked.peer
    );
    co_return recovery_reply(with, begun);
}

base::task<http::reply> get_recovery(flows::parts& with, const http::request& asked) {
    const auto who = co_await visitor_of(with, asked);
    const auto found = co_await flows::recovery_of(with, who, recovery_in(asked));
    co_return recovery_reply(with, found);
}

base::task<http::reply> answer_recovery(flows::parts& with, const http::request& asked) {
    const auto who = co_await caller_of(with, asked);
    const json_object form{asked.body};
    auto answers = answers_in(form);
    const auto id = recovery_in(asked);
    const auto found = co_await flows::answer_recovery(with, who, id, std::move(answers));
    co_return recovery_reply(with, found);
}

base::task<http::reply> finish_recovery(flows::parts& with, const http::request& asked) {
    const auto who = co_await caller_of(with, asked);
    const json_object form{asked.body};
    auto password = password_in(form, "new_password");
    const auto id = recovery_in(asked);
    const auto found = co_await flows::finish_recovery(with, who, id, std::move(password));
    co_return recovery_reply(with, found);
}

base::task<http::reply> requests_reply(flows::parts& with, flows::visitor who) {
    const auto waiting = co_await flows::recoveries_to_confirm(with, std::move(who));
    json_writer out;
    out.object([&] {
        out.array("requests", [&] {
            for (const auto& one : waiting) {
                out.object([&] {
                    out.text("recovery", std::to_string(one.id));
                    out.number("asked_at", one.created_at);
                });
            }
        });
    });
    co_return out.reply();
}

base::task<http::reply> list_recovery_requests(flows::parts& with, const http::request& asked) {
    auto who = co_await visitor_of(with, asked);
    require_student(who);
    auto answer = co_await requests_reply(with, std::move(who));
    co_return answer;
}

base::task<http::reply> answer_recovery_request(flows::parts& with, const http::request& asked) {
    auto who = co_await student_of(with, asked);
    const json_object form{asked.body};
    const bool approve = form.flag("approve");
    const auto id = recovery_in(asked);
    co_await flows::confirm_recovery(with, who, id, approve);
    auto answer = co_await requests_reply(with, std::move(who));
    co_return answer;
}

// ---- personal data

base::task<http::reply> profile_reply(flows::parts& with, flows::visitor who) {
    const auto known = co_await flows::personal_data_of(with, std::move(who));
    const auto& student = known.student.who;
    const auto id_number = rules::masked_id_number(known.student.id_number);
    json_writer out;
    out.object([&] {
        out.text("student_no", student.student_no.empty() ? id_number : student.student_no);
        out.text("name", rules::masked_name(student.name));
        out.text("gender", known.row.gender);
        out.text("id_number", id_number);
        out.text("phone", rules::masked_phone(known.phone));
        out.text("email", rules::masked_email(known.row.email.value_or("")));
        out.text("postcode", known.row.postcode.value_or(""));
        out.text("address", rules::masked_address(known.row.address.value_or("")));
        out.text("bank_card", rules::masked_bank_card(known.bank_card));
        out.text("college", student.college);
        out.text("major", student.major);
        out.text("class_name", student.class_name);
        out.text("grade", student.grade);
        out.flag("may_change", known.may_change);
        out.number("wechat_accounts", known.row.wechat_accounts);
    });
    co_return out.reply();
}

base::task<http::reply> get_profile(flows::parts& with, const http::request& asked) {
    auto who = co_await visitor_of(with, asked);
    require_student(who);
    auto answer = co_await profile_reply(with, std::move(who));
    co_return answer;
}

base::task<http::reply> change_profile(flows::parts& with, const http::request& asked) {
    auto who = co_await student_of(with, asked);
    const json_object form{asked.body};
    flows::contact_entry entry;
    entry.phone = form.maybe_text("phone", 64);
    entry.email = form.maybe_text("email", 128);
    entry.postcode = form.maybe_text("postcode", 64);
    entry.address = form.maybe_text("address", 800);
    auto password = password_in(form, "password");
    co_await flows::change_contact(with, who, std::move(password), std::move(entry), asked.peer);
    auto answer = co_await profile_reply(with, std::move(who));
    co_return answer;
}

base::task<http::reply> change_bank_card(flows::parts& with, const http::request& asked) {
    auto who = co_await student_of(with, asked);
    const json_object form{asked.body};
    auto card = form.text("bank_card", 96);
    auto password = password_in(form, "password");
    co_await flows::change_bank_card(with, who, std::move(password), std::move(card), asked.peer);
    auto answer = co_await profile_reply(with, std::move(who));
    co_return answer;
}

base::task<http::reply> unbind_all_wechat(flows::parts& with, const http::request& asked) {
    auto who = co_await student_of(with, asked);
    const json_object form{asked.body};
    auto password = password_in(form, "password");
    co_await flows::unbind_all_wechat(with, who, std::move(password), asked.peer);
    auto answer = co_await profile_reply(with, std::move(who));
    co_return answer;
}

}  // namespace

void add_account_routes(http::router& table, flows::parts& with) {
    const auto add = [&](http::verb method, std::string path, story tell) {
        add_story(table, with, method, std::move(path), tell, 8 * 1024);
    };
    add(http::verb::post, "/captcha", make_captcha);
    add(http::verb::post, "/portal/session", sign_in_to_portal);
    add(http::verb::get, "/account/questions", get_questions);
    add(http::verb::post, "/account/questions", change_questions);
    add(http::verb::post, "/account/first-password", set_first_password);
    add(http::verb::post, "/account/password", change_password);
    add(http::verb::get, "/account/recoveries", list_recovery_requests);
    add(http::verb::post, "/account/recoveries/{recovery}", answer_recovery_request);
    add(http::verb::post, "/recoveries", begin_recovery);
    add(http::verb::get, "/recoveries/{recovery}", get_recovery);
    add(http::verb::post, "/recoveries/{recovery}/answers", answer_recovery);
    add(http::verb::post, "/recoveries/{recovery}/password", finish_recovery);
    add(http::verb::get, "/profile", get_profile);
    add(http::verb::post, "/profile", change_profile);
    add(http::verb::post, "/profile/bank-card", change_bank_card);
    add(http::verb::post, "/profile/wechat", unbind_all_wechat);
}

}  // namespace routes
