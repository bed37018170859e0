#include "server/rules/browser_name.hpp"

#include <array>
#include <utility>

namespace rules {
namespace {

using word = std::pair<std::string_view, std::string_view>;  // in the header, in the list

// Most browsers claim to be others as well: the one that claims most comes first.
constexpr std::array browsers{
    word{"wxwork", "企业微信"},
    word{"MicroMessenger", "微信"},
    word{"QQBrowser", "QQ 浏览器"},
    word{"Edg", "Edge"},
    word{"Firefox", "Firefox"},
    word{"Chrome", "Chrome"},
    word{"Safari", "Safari"},
};

constexpr std::array systems{
    word{"Windows", "Windows"},
    word{"Android", "Android"},
    word{"OpenHarmony", "鸿蒙"},
    word{"iPhone", "iOS"},
    word{"iPad", "iOS"},
    word{"Mac OS X", "macOS"},
    word{"Linux", "Linux"},
};

template <std::size_t count>
std::string_view found_in(std::string_view text, const std::array<word, count>& list) {
    for (const auto& [sign, name] : list) {
        if (text.find(sign) != std::string_view::npos) return name;
    }
    return {};
}

}  // namespace

std::string browser_name(std::string_view user_agent) {
    const auto browser = found_in(user_agent, browsers);
    const auto system = found_in(user_agent, systems);
    std::string out{browser.empty() ? "其他浏览器" : browser};
    if (!system.empty()) {
        out += " · ";
        out += system;
    }
    return out;
}

}  // namespace rules
