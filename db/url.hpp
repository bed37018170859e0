#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/base/secret.hpp"

namespace db {

// Where the database is:
//   mysql://user:pass@host:port/name          TCP, port 3306 if none is given
//   mysql://user@/name?socket=/path           unix socket
//   …?ssl_ca=/path[&ssl_cert=…&ssl_key=…]     TLS is then enforced and the server's name verified
// User, password, name and values may be percent-encoded.
struct url {
    std::string user;
    base::secret password;
    std::string host;
    std::uint16_t port = 3306;
    std::string name;
    std::string socket;
    std::string ssl_ca;
    std::string ssl_cert;
    std::string ssl_key;
};

// Throws base::error{conf_invalid}; its detail never shows the text, which may hold a password.
url parse_url(std::string_view text);

std::string describe(const url& where);  // for logs: host or socket and the name, no user

}  // namespace db
