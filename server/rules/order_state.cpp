#include "server/rules/order_state.hpp"

#include <string>
#include <utility>

#include "server/base/error.hpp"

namespace rules {
namespace {

constexpr std::array names{
    std::pair{order_state::opened, std::string_view{"opened"}},
    std::pair{order_state::awaiting, std::string_view{"awaiting"}},
    std::pair{order_state::paid, std::string_view{"paid"}},
    std::pair{order_state::closed, std::string_view{"closed"}},
    std::pair{order_state::paid_late, std::string_view{"paid_late"}},
};

}  // namespace

std::string_view name_of(order_state state) {
    for (const auto& [known, name] : names) {
        if (known == state) return name;
    }
    return "?";
}

order_state order_state_of(std::string_view name) {
    for (const auto& [state, known] : names) {
        if (known == name) return state;
    }
    throw base::error{base::errc::internal, "order state " + std::string{name}};
}

}  // namespace rules
