export { default as Orders } from './orders/Orders.vue'
