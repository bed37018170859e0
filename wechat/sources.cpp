#include "wechat/sources.hpp"

#include <algorithm>

namespace wechat {

std::string sources::nonce() const {
    std::string text = base::to_hex(random_bytes(16));
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return text;
}

}  // namespace wechat
