#include "server/rules/refund_state.hpp"

#include <string>

#include "server/base/error.hpp"

namespace rules {
namespace {

struct spelling {
    refund_state state;
    std::string_view name;
    std::string_view chinese;
};

constexpr std::array spellings{
    spelling{refund_state::asked, "asked", "待复核"},
    spelling{refund_state::rejected, "rejected", "未通过"},
    spelling{refund_state::accepted, "accepted", "待发送"},
    spelling{refund_state::processing, "processing", "退款处理中"},
    spelling{refund_state::success, "success", "退款成功"},
    spelling{refund_state::closed, "closed", "退款关闭"},
    spelling{refund_state::abnormal, "abnormal", "退款异常"},
    spelling{refund_state::refused, "refused", "微信未受理"},
};

}  // namespace

std::string_view name_of(refund_state state) {
    for (const auto& known : spellings) {
        if (known.state == state) return known.name;
    }
    return "?";
}

std::string_view chinese_name_of(refund_state state) {
    for (const auto& known : spellings) {
        if (known.state == state) return known.chinese;
    }
    return "?";
}

refund_state refund_state_of(std::string_view name) {
    for (const auto& known : spellings) {
        if (known.name == name) return known.state;
    }
    throw base::error{base::errc::internal, "refund state " + std::string{name}};
}

}  // namespace rules
