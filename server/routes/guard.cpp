#include "server/routes/guard.hpp"

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/http/cookies.hpp"

namespace routes {

base::task<flows::visitor> visitor_of(flows::parts& with, const http::request& asked) {
    std::string cookie{asked.cookie(session_cookie)};
    auto who = co_await flows::recognise(with, std::move(cookie));
    co_return who;
}

void require_own_page(
    const flows::parts& with, const http::request& asked, const flows::visitor& who
) {
    require_own_page(with, asked, who.brought, who.csrf_token);
}

void require_own_page(
    const flows::parts& with, const http::request& asked, bool brought, std::string_view csrf_token
) {
    const auto origin = asked.header("origin");
    if (!origin.empty() && origin != with.conf.server.public_url) {
        throw base::error{base::errc::foreign_origin};
    }
    // A form of another site cannot send this type, nor our header, without asking first.
    const bool typed = !asked.body.empty() || !asked.header("content-type").empty();
    if (typed && asked.media_type() != "application/json") {
        throw base::error{base::errc::unsupported_media};
    }
    const auto sent = asked.header("x-csrf-token");
    if (!brought || !base::equal_in_constant_time(sent, csrf_token)) {
        throw base::error{base::errc::csrf_token_wrong};
    }
}

void require_student(const flows::visitor& who) {
    if (!who.person_id) throw base::error{base::errc::not_signed_in};
    if (who.must_change_password()) throw base::error{base::errc::password_change_needed};
}

void set_session_cookie(http::reply& answer, const flows::visitor& who) {
    http::cookie made;
    made.name = session_cookie;
    made.value = who.token;
    http::set_cookie(answer, made);
}

void add_story(
    http::router& table,
    flows::parts& with,
    http::verb method,
    std::string path,
    story tell,
    std::size_t body_limit
) {
    http::route row;
    row.method = method;
    row.pattern = "/api/v1" + path;
    row.answer = [&with, tell](const http::request& asked) { return tell(with, asked); };
    row.body_limit = body_limit;
    table.add(std::move(row));
}

}  // namespace routes
