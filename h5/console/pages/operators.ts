export { default as Operators } from './operators/Operators.vue'
