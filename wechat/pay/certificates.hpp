#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wechat/header_list.hpp"
#include "wechat/pay/cipher.hpp"
#include "wechat/pay/keys.hpp"

namespace wechat::pay {

enum class certificates_kind { read, unverifiable, unreadable };

struct certificates_reading {
    certificates_kind kind = certificates_kind::unreadable;
    std::vector<certificate> found;  // when read; each within its validity
    std::string reason;              // otherwise
};

// Reads an answer of /v3/certificates: decrypts each entry, then verifies this same answer with the
// certificate it names, so no key is needed beforehand.
certificates_reading read_certificates(
    const header_list& headers, std::string_view body, const cipher& box, std::int64_t now_s
);

}  // namespace wechat::pay
