#include "server/rules/settlement.hpp"

namespace rules {

std::vector<line_settlement> settle(
    const std::vector<settlement_line>& lines, std::string_view order_no
) {
    std::vector<line_settlement> out;
    for (const auto& line : lines) {
        auto what = credit_kind::credit;
        if (!line.live_order_no.empty() && line.live_order_no != order_no) {
            what = credit_kind::wait;
        } else if (line.bill_owed < line.amount) {
            what = credit_kind::surplus;
        }
        out.push_back({line.line_no, line.bill_id, what, line.amount});
    }
    return out;
}

}  // namespace rules
