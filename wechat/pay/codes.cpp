#include "wechat/pay/codes.hpp"

namespace wechat::pay {

std::string plain_code(std::string_view code) {
    std::string out;
    for (const char c : code) {
        if (c != '_') out += c;
    }
    return out;
}

}  // namespace wechat::pay
