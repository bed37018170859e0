#include "server/rules/settlement.hpp"

#include <map>

namespace rules {

std::vector<line_settlement> settle(
    const std::vector<settlement_line>& lines, std::string_view order_no
) {
    std::vector<line_settlement> out;
    std::map<std::int64_t, base::fen> credited;  // by bill: an order may name one twice
    for (const auto& line : lines) {
        auto what = credit_kind::credit;
        auto& already = credited[line.bill_id];
        if (!line.live_order_no.empty() && line.live_order_no != order_no) {
            what = credit_kind::wait;
        } else if (line.bill_owed - already < line.amount) {
            what = credit_kind::surplus;
        } else {
            already += line.amount;
        }
        out.push_back({line.line_no, line.bill_id, what, line.amount});
    }
    return out;
}

}  // namespace rules
