#pragma once

#include <cstddef>

// Places in the list of columns of import_bills.cpp.
namespace flows::bill_column {

inline constexpr std::size_t student_no = 0;
inline constexpr std::size_t id_number = 1;
inline constexpr std::size_t name = 2;
inline constexpr std::size_t period = 3;
inline constexpr std::size_t item = 4;
inline constexpr std::size_t amount = 5;
inline constexpr std::size_t pay_before = 6;

}  // namespace flows::bill_column
