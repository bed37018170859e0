#pragma once

#include <memory>
#include <string_view>

#include "server/http/message.hpp"

namespace routes {

// A file that the browser saves under this name (RFC 6266: in UTF-8, whatever letters it has). Its
// type follows from the ending.
http::reply download(std::string_view file_name, std::shared_ptr<const http::body_source> source);

}  // namespace routes
