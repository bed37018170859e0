#pragma once

#include "server/flows/order_life.hpp"
#include "server/routes/json.hpp"

// One order before finance. As members of an object.
namespace routes {

void write_order_life(
    json_writer& out, const flows::order_story& story, const flows::console_visitor& who
);
void write_asked_wechat(
    json_writer& out, const flows::asked_wechat& told, const flows::console_visitor& who
);

}  // namespace routes
