#include "server/base/error.hpp"

#include <set>
#include <string>

#include <doctest/doctest.h>

#include "server/base/encoding.hpp"

namespace {

using base::errc;

// errc is dense and ends with `internal`, so every member can be visited.
constexpr int errc_count = static_cast<int>(errc::internal) + 1;

errc errc_at(int index) {
    return static_cast<errc>(index);
}

bool is_snake_case(std::string_view text) {
    return !text.empty() &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos &&
           text.front() != '_' && text.back() != '_';
}

// CJK ideographs are E4…E9 in their first byte.
bool has_chinese(std::string_view text) {
    for (const char c : text) {
        const auto b = static_cast<unsigned char>(c);
        if (b >= 0xE4 && b <= 0xE9) return true;
    }
    return false;
}

bool has_ascii_letter(std::string_view text) {
    return text.find_first_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") !=
           std::string_view::npos;
}

}  // namespace

TEST_CASE("every errc has its own face") {
    for (int i = 0; i < errc_count; ++i) {
        CAPTURE(i);
        CHECK(base::face_of(errc_at(i)).what == errc_at(i));
    }
}

TEST_CASE("codes are unique, stable words") {
    std::set<std::string_view> seen;
    for (int i = 0; i < errc_count; ++i) {
        const auto code = base::face_of(errc_at(i)).code;
        CAPTURE(code);
        CHECK(is_snake_case(code));
        CHECK(seen.insert(code).second);
    }
}

TEST_CASE("messages are for people: Chinese, one sentence, no code words") {
    for (int i = 0; i < errc_count; ++i) {
        const auto& face = base::face_of(errc_at(i));
        CAPTURE(face.code);
        CHECK(base::is_utf8(face.message));
        CHECK(has_chinese(face.message));
        CHECK_FALSE(has_ascii_letter(face.message));
        CHECK(base::count_code_points(face.message) <= 40);
        CHECK(face.message.find('\n') == std::string_view::npos);
    }
}

TEST_CASE("statuses are HTTP errors, and ours wake somebody up") {
    for (int i = 0; i < errc_count; ++i) {
        const auto& face = base::face_of(errc_at(i));
        CAPTURE(face.code);
        CHECK(face.http_status >= 400);
        CHECK(face.http_status < 600);
        // A visitor's mistake must never page anybody.
        if (face.http_status < 500) CHECK(face.level != base::severity::alarm);
        if (face.http_status == 500) CHECK(face.level == base::severity::alarm);
    }
}

TEST_CASE("statuses that others rely on") {
    struct expected {
        errc what;
        unsigned status;
    };
    // WeChat repeats a notice after 4xx and 5xx; 401 and 503 are what the flows promise it.
    for (const auto& [what, status] : {
             expected{errc::bad_request, 400},
             expected{errc::payload_too_large, 413},
             expected{errc::not_found, 404},
             expected{errc::method_not_allowed, 405},
             expected{errc::unsupported_media, 415},
             expected{errc::foreign_origin, 403},
             expected{errc::csrf_token_wrong, 403},
             expected{errc::too_many_requests, 429},
             expected{errc::not_signed_in, 401},
             expected{errc::sign_in_failed, 401},
             expected{errc::sign_in_throttled, 429},
             expected{errc::not_allowed_at_this_level, 403},
             expected{errc::notice_refused, 401},
             expected{errc::database_unavailable, 503},
             expected{errc::database_outcome_unknown, 503},
             expected{errc::busy, 503},
             expected{errc::internal, 500},
         }) {
        CAPTURE(base::face_of(what).code);
        CHECK(base::face_of(what).http_status == status);
    }
}

TEST_CASE("an unknown outcome is never told as a failure") {
    for (const auto what : {errc::wechat_unknown, errc::database_outcome_unknown}) {
        const auto message = base::face_of(what).message;
        CAPTURE(message);
        CHECK(message.find("确认") != std::string_view::npos);
        CHECK(message.find("失败") == std::string_view::npos);
    }
}

TEST_CASE("an error carries its code, a detail for the log and a message for the user") {
    const base::error plain{errc::order_not_found};
    CHECK(std::string{plain.what()} == "order_not_found");
    CHECK(plain.message() == base::face_of(errc::order_not_found).message);
    CHECK(plain.detail().empty());

    const base::error rich{errc::bad_request, "field bill_ids", "请选择费用"};
    CHECK(rich.what_code() == errc::bad_request);
    CHECK(std::string{rich.what()} == "bad_request: field bill_ids");
    CHECK(rich.detail() == "field bill_ids");
    CHECK(rich.message() == "请选择费用");
    CHECK(rich.face().http_status == 400);
}

TEST_CASE("ensure passes what holds and throws internal for what does not") {
    CHECK_NOTHROW(base::ensure(true, "sky above"));
    try {
        base::ensure(false, "a locked order moves once");
        FAIL("ensure(false) returned");
    } catch (const base::error& failure) {
        CHECK(failure.what_code() == errc::internal);
        CHECK(failure.detail() == "broken: a locked order moves once");
    }
}
