#pragma once

#include <cstdint>
#include <string>

#include "server/base/task.hpp"
#include "server/flows/parts.hpp"

namespace flows {

struct page_signature {
    std::string app_id;
    std::int64_t timestamp_s = 0;
    std::string nonce;
    std::string signature;
};

// For wx.config. Throws bad_request for a page that is not ours: signing it would lend our rights.
base::task<page_signature> sign_page(parts& with, std::string page_url);

}  // namespace flows
