#pragma once

#include <string>

#include "db/orders.hpp"
#include "server/base/task.hpp"
#include "server/flows/parts.hpp"

// The certain knowledge of an order comes from WeChat alone. These are the only two ways in which a
// live order ends besides a notice.
namespace flows {

enum class wechat_word {
    paid,      // booked (before or now)
    not_paid,  // can still be paid
    closed,    // nobody can pay it any more; the bills are free
    unknown,   // no answer, or none that can be trusted: nothing was changed
};

// Asks, and books what the answer says.
base::task<wechat_word> ask_wechat(parts& with, db::order about);

// Gives the order up: marks it, asks, closes at WeChat, asks again, and only then frees the bills.
// `not_paid` and `unknown` mean that it is not over yet: the watcher goes on with it.
base::task<wechat_word> give_up_order(parts& with, db::order about);

}  // namespace flows
