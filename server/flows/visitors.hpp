#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "db/people.hpp"
#include "db/sessions.hpp"
#include "server/base/task.hpp"
#include "server/flows/parts.hpp"

// Who is asking. The cookie holds 256 random bits; the database knows their hash only.
namespace flows {

struct visitor {
    std::string token;       // value of the cookie; a new one if the browser brought none
    bool brought = false;    // the browser brought the cookie
    bool stored = false;     // ... and the database knows it
    std::string csrf_token;  // follows from the token
    std::string openid;      // "" outside WeChat
    std::optional<std::int64_t> person_id;
    db::sign_in_level level = db::sign_in_level::identity;
    db::sign_in_way way = db::sign_in_way::identity;
    db::sign_in_place place = db::sign_in_place::h5;

    // At the portal the initial password leads to changing it and nowhere else.
    bool must_change_password() const {
        return place == db::sign_in_place::portal && level == db::sign_in_level::initial;
    }
};

std::string new_session_token();
bool looks_like_session_token(std::string_view text);
// One-way, as stored.
std::string session_hash(std::string_view token);
std::string csrf_token_of(const parts& with, std::string_view session_token);

// Reads only (but notes once a minute that the session is in use).
base::task<visitor> recognise(parts& with, std::string cookie);

// A session row that begins now.
db::session new_session(const parts& with, std::string openid);

// What a page may know about the visitor.
struct profile {
    db::person who;
    std::string id_number;  // plain: mask it before it leaves the process
};

struct standing {
    visitor who;
    std::optional<profile> student;  // when signed in
    bool bound = false;              // this WeChat account, to this student
    bool can_bind = false;
    bool can_sign_in = false;  // by WeChat
};

base::task<standing> standing_of(parts& with, visitor who);

// Deletes the session; a WeChat identity goes on under a new one. Answers the visitor as he then
// is.
base::task<visitor> sign_out(parts& with, visitor who);

// Housekeeping: sessions, throttles, OAuth states and message keys that have had their time.
base::task<void> sweep_ended(parts& with);

}  // namespace flows
