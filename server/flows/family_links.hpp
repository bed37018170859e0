#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/family_links.hpp"
#include "server/base/task.hpp"
#include "server/flows/pay_bills.hpp"
#include "server/flows/visitors.hpp"

// 家人代付: the student makes a link, somebody else opens it in WeChat and pays without signing in.
namespace flows {

// ---- the student

struct family_form {
    std::vector<std::int64_t> bill_ids;
    base::fen total_seen;
    std::int64_t hours = 24;  // 1, 24 or 72
    std::string message;      // to the payer
};

struct made_family_link {
    std::int64_t id = 0;
    std::string path;  // "/h5/family/…": told this once, the database knows a hash
};

// Throws what refuse_selection throws, bad_request with a sentence, too_many_requests.
base::task<made_family_link> make_family_link(parts& with, visitor who, family_form form);

base::task<std::vector<db::family_link>> family_links_of(parts& with, visitor who);

// Nothing is opened through it any more. An unfinished order stays one, and the student's own: he
// cancels it like any other. Throws family_link_not_found.
base::task<void> withdraw_family_link(parts& with, visitor who, std::int64_t id);

// ---- whoever holds the link

struct family_view {
    db::family_link link;
    rules::family_state state = rules::family_state::ended;
    std::string masked_name;
    std::string merchant_name;
    bool mine = false;   // the student himself is looking
    bool by_me = false;  // its newest order is this payer's
    bool can_pay = false;
    bool can_cancel = false;

    // What an order is about is for its payer, and what is over for nobody.
    bool tells() const;
};

// Throws family_link_not_found; too_many_requests after many wrong ones from this address.
base::task<family_view> open_family_link(
    parts& with, visitor who, std::string token, std::string address
);

struct family_payable {
    family_view view;
    payable made;
};

// Opens the order or finds it again. Throws wechat_identity_needed, family_someone_pays,
// family_link_over, and what paying throws.
base::task<family_payable> pay_family_link(
    parts& with, visitor who, std::string token, base::fen total_seen, std::string address
);

struct family_confirmation {
    family_view view;
    wechat_word wechat = wechat_word::unknown;
};

// Of this payer's order. Throws family_someone_pays for another one's.
base::task<family_confirmation> confirm_family_link(
    parts& with, visitor who, std::string token, std::string address
);
base::task<family_confirmation> cancel_family_link(
    parts& with, visitor who, std::string token, std::string address
);

}  // namespace flows
